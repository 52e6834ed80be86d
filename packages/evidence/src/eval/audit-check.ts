import { auditRules, beginAudit, type Finding, severities } from '../audit/index.ts';
import type { RunReading } from '../reading/index.ts';
import type { Checked } from './checked.ts';
import type { AuditCheck } from './suite.ts';

/** In a few words. */
export function nameOfAudit({ rules, fail_on }: AuditCheck): string {
  const severe = fail_on === 'error' ? 'any error' : `any ${fail_on} or worse`;
  return `audit without ${rules?.join(', ') ?? severe}`;
}

/** What the rules find in each of these runs. Rules over many runs judge of all of them together. */
export function auditedIn({ rules, fail_on }: AuditCheck, runs: RunReading[]): Checked[] {
  const wanted = auditRules.filter(({ id, severity }) =>
    rules ? rules.includes(id) : severities.indexOf(severity) <= severities.indexOf(fail_on ?? 'note'),
  );
  const audit = beginAudit(wanted);
  for (const run of runs) audit.add(run);
  const findings = Map.groupBy(audit.findings(), ({ run_id }) => run_id);
  return runs.map(({ run_id }) => {
    const own = findings.get(run_id) ?? [];
    return { holds: own.length === 0, why: own.length === 0 ? 'the audit finds nothing' : saidOf(own) };
  });
}

/** Most findings that are told of one run. */
const mostTold = 3;

function saidOf(findings: Finding[]): string {
  const told = findings
    .slice(0, mostTold)
    .map(({ rule, message, span_id }) => `${rule}: ${message}${span_id ? ` (span ${span_id})` : ''}`);
  const more = findings.length - told.length;
  return [...told, ...(more > 0 ? [`and ${more} more`] : [])].join(' ');
}
