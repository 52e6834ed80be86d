import {
  auditRules,
  beginAudit,
  beginMatter,
  type Finding,
  severities,
  unjudgedInWords,
} from '../audit/index.ts';
import type { RunReading } from '../reading/index.ts';
import type { Checked } from './checked.ts';
import type { AuditCheck } from './suite.ts';

/** In a few words. */
export function nameOfAudit({ rules, fail_on }: AuditCheck): string {
  const severe = fail_on === 'error' ? 'any error' : `any ${fail_on} or worse`;
  return `audit without ${rules?.join(', ') ?? severe}`;
}

/** What the rules find in each of these runs. Rules over many runs judge of all of them together. */
export function auditedIn(check: AuditCheck, runs: RunReading[]): Checked[] {
  const audit = beginAudit(rulesOf(check));
  for (const run of runs) audit.add(run);
  const findings = Map.groupBy(audit.findings(), ({ run_id }) => run_id);
  return runs.map(({ run_id }) => {
    const own = findings.get(run_id) ?? [];
    return { holds: own.length === 0, why: own.length === 0 ? 'the audit finds nothing' : saidOf(own) };
  });
}

/** Says which rules had nothing to look at in these runs, so that the check holds and shows nothing; null if none. */
export function unjudgedBy(check: AuditCheck, runs: RunReading[]): string | null {
  const rules = rulesOf(check);
  const matter = beginMatter(rules);
  for (const run of runs) matter.add(run);
  return unjudgedInWords(matter.unjudged(), rules.length);
}

function rulesOf({ rules, fail_on }: AuditCheck) {
  return auditRules.filter(({ id, severity }) =>
    rules ? rules.includes(id) : severities.indexOf(severity) <= severities.indexOf(fail_on ?? 'note'),
  );
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
