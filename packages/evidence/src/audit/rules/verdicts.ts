import type { RunReading, Verdict } from '../../reading/index.ts';
import type { Found } from '../finding.ts';
import { placeOf, type RunRule, textsOf } from '../rule.ts';

const word = (pass: boolean | null) => (pass ? 'passed' : 'failed');

/** Kinds whose score and label say the same: from which score on they pass. */
const passesFrom = new Map([
  ['plan_score', 0.5],
  ['item_criterion', 0.5],
  ['baseline_criterion', 1],
  ['revision_criterion', 1],
  ['plan_criterion', 1],
  ['constraint', 1],
]);

export const verdictAgainstScore: RunRule = {
  id: 'verdict.against_score',
  severity: 'error',
  question: 'Which verdicts say the opposite of their own scores?',
  taxonomy: 'MAST FM-2.6, reasoning-action mismatch',
  find: (reading) =>
    reading.verdicts.flatMap(({ id, kind, pass, score, span_id, explanation }) => {
      const least = passesFrom.get(kind);
      if (least === undefined || pass === null || score === null || score >= least === pass) return [];
      return {
        ...placeOf(reading, span_id),
        message: `Verdict ${id} is ${word(pass)} with a score of ${score}; ${least} and more pass.`,
        texts: textsOf({ explanation }),
        measure: { name: 'score', value: score },
      };
    }),
};

export const judgesDisagree: RunRule = {
  id: 'judges.disagree',
  severity: 'warning',
  question: 'Where do two judgements of the same text by the same criterion disagree?',
  taxonomy: 'MAST FM-3.3, incorrect verification',
  find: (reading) => {
    const judged = reading.verdicts.filter(
      ({ kind, pass }) => pass !== null && (kind === 'item_criterion' || kind === 'baseline_criterion'),
    );
    const byThing = Map.groupBy(judged, ({ item_id, criterion_id }) => `${item_id} ${criterion_id}`);
    return [...byThing].flatMap(([thing, verdicts]) => disagreement(reading, thing, verdicts));
  },
};

function disagreement(reading: RunReading, thing: string, verdicts: Verdict[]): Found[] {
  const passed = verdicts.find(({ pass }) => pass);
  const failed = verdicts.find(({ pass }) => pass === false);
  const last = verdicts.at(-1);
  if (!passed || !failed || !last) return [];
  return [
    {
      ...placeOf(reading, last.span_id),
      message: `${thing}: ${passed.judge} passed (${passed.kind}) what ${failed.judge} failed (${failed.kind}).`,
      texts: textsOf({ passed: passed.explanation, failed: failed.explanation }),
      measure: { name: 'difference of scores', value: Math.abs((passed.score ?? 1) - (failed.score ?? 0)) },
    },
  ];
}
