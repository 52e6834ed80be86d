import type { RunReading } from '../reading/index.ts';
import { type Finding, type Found, severities } from './finding.ts';
import { type AuditRule, type Begun, begunOf, byBeginning } from './rule.ts';
import { judgeFavours, ratingUncalibrated } from './rules/choices.ts';
import { criterionFailedLater } from './rules/criteria.ts';
import { criticBalance, promptBehindFailures } from './rules/critics.ts';
import { decisionAgainstScores, decisionClose, decisionOtherScores } from './rules/decisions.ts';
import { feedbackIgnored, feedbackUnproven } from './rules/feedback.ts';
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
  /** Each run once; nothing of it is kept but findings and what rules over many runs need. */
  add: (reading: RunReading) => void;
  /** The worst first, then by rule, in the order in which runs began. */
  findings: () => Finding[];
  runs: () => number;
}

export function beginAudit(rules: AuditRule[] = auditRules): Audit {
  const found: { finding: Finding; run: Begun }[] = [];
  const named =
    ({ id, severity, question }: AuditRule) =>
    (one: Found): Finding => ({ rule: id, severity, question, ...one });
  const overRuns = rules.flatMap((rule) => ('begin' in rule ? [{ rule, ...rule.begin() }] : []));
  let runs = 0;
  return {
    add: (reading) => {
      runs += 1;
      const run = begunOf(reading);
      for (const rule of rules) {
        if ('find' in rule) {
          for (const one of rule.find(reading)) found.push({ finding: named(rule)(one), run });
        }
      }
      for (const { add } of overRuns) add(reading);
    },
    findings: () => {
      const ofRuns = found.sort(byBeginning).map(({ finding }) => finding);
      const all = [...ofRuns, ...overRuns.flatMap(({ rule, find }) => find().map(named(rule)))];
      const place = new Map(rules.map(({ id }, index) => [id, index]));
      const weight = ({ severity, rule }: Finding) =>
        severities.indexOf(severity) * rules.length + (place.get(rule) ?? 0);
      return all.sort((one, other) => weight(one) - weight(other));
    },
    runs: () => runs,
  };
}
