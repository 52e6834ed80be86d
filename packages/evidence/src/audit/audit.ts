import type { RunReading } from '../reading/index.ts';
import { type Finding, type Found, severities } from './finding.ts';
import type { AuditRule } from './rule.ts';
import { judgeFavours, ratingUncalibrated } from './rules/choices.ts';
import { criterionFailedLater } from './rules/criteria.ts';
import { criticBalance, promptBehindFailures } from './rules/critics.ts';
import { decisionAgainstScores, decisionClose, decisionOtherScores } from './rules/decisions.ts';
import { feedbackIgnored, feedbackNotNew, feedbackUnproven } from './rules/feedback.ts';
import { judgeContradictsItself, judgeLenient, judgeNoSpread } from './rules/judges.ts';
import { impactMispredicted, revisionWorsened } from './rules/revisions.ts';
import {
  answerUnusable,
  callDear,
  callQueued,
  callSlow,
  evidenceContentOff,
  evidenceIncomplete,
  guardrailFired,
} from './rules/run-wide.ts';
import { judgesDisagree, verdictAgainstScore } from './rules/verdicts.ts';

export const auditRules: AuditRule[] = [
  criterionFailedLater,
  feedbackIgnored,
  feedbackUnproven,
  feedbackNotNew,
  verdictAgainstScore,
  judgesDisagree,
  judgeContradictsItself,
  judgeLenient,
  judgeNoSpread,
  judgeFavours,
  ratingUncalibrated,
  decisionAgainstScores,
  decisionOtherScores,
  decisionClose,
  revisionWorsened,
  impactMispredicted,
  criticBalance,
  answerUnusable,
  promptBehindFailures,
  callSlow,
  callDear,
  callQueued,
  guardrailFired,
  evidenceIncomplete,
  evidenceContentOff,
];

export interface Audit {
  /** Nothing of a run is kept but findings and what rules over many runs need. Of a run that comes twice the fuller one counts. */
  add: (reading: RunReading) => void;
  /** The same of what was kept of a run by the same rules. */
  addAudited: (run: Audited) => void;
  /** The worst first, then by rule, in the order in which runs began. */
  findings: () => Finding[];
  runs: () => number;
  /** How many came again, and were counted once. */
  repeated: () => number;
}

/** What is kept of a run: findings, and what rules over many runs need. */
export interface Audited {
  /** The attempt at the run, in its trace. */
  attempt: string;
  /** When it began: every source has its runs in another order. */
  started_ms: number;
  run_id: string;
  spans: number;
  found: Finding[];
  /** By rule over many runs. */
  kept: unknown[][];
}

const named =
  ({ id, severity, question }: AuditRule) =>
  (one: Found): Finding => ({ rule: id, severity, question, ...one });

export function auditedOf(reading: RunReading, rules: AuditRule[] = auditRules): Audited {
  return {
    attempt: [reading.trace_id, reading.run_id, reading.run_attempt].join(' '),
    started_ms: reading.started_ms,
    run_id: reading.run_id,
    spans: reading.span_count,
    found: rules.flatMap((rule) => ('find' in rule ? rule.find(reading).map(named(rule)) : [])),
    kept: rules.flatMap((rule) => ('keep' in rule ? [rule.keep(reading)] : [])),
  };
}

export function beginAudit(rules: AuditRule[] = auditRules): Audit {
  const overRuns = rules.flatMap((rule) => ('keep' in rule ? [rule] : []));
  const byRun = new Map<string, Audited>();
  let added = 0;
  const addAudited = (run: Audited) => {
    added += 1;
    if ((byRun.get(run.attempt)?.spans ?? -1) < run.spans) byRun.set(run.attempt, run);
  };
  return {
    add: (reading) => addAudited(auditedOf(reading, rules)),
    addAudited,
    findings: () => {
      const audited = [...byRun.values()].sort(
        (one, other) => one.started_ms - other.started_ms || one.run_id.localeCompare(other.run_id),
      );
      const ofRuns = audited.flatMap(({ found }) => found);
      const ofAll = overRuns.flatMap((rule, index) =>
        rule.findIn(audited.flatMap(({ kept }) => kept[index] ?? [])).map(named(rule)),
      );
      const place = new Map(rules.map(({ id }, index) => [id, index]));
      const weight = ({ severity, rule }: Finding) =>
        severities.indexOf(severity) * rules.length + (place.get(rule) ?? 0);
      return [...ofRuns, ...ofAll].sort((one, other) => weight(one) - weight(other));
    },
    runs: () => byRun.size,
    repeated: () => added - byRun.size,
  };
}
