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

/** What the words of a judge count. */
const words = new Map([
  ['fully_met', 1],
  ['partially_met', 0.5],
  ['not_met', 0],
  ['kept', 1],
  ['not_shown', 0.5],
  ['broken', 0],
]);

export const verdictAgainstScore: RunRule = {
  id: 'verdict.against_score',
  severity: 'error',
  question: 'Which verdicts say the opposite of their own scores?',
  taxonomy: 'MAST FM-2.6, reasoning-action mismatch',
  find: (reading) =>
    reading.verdicts.flatMap(({ id, kind, pass, score, status, span_id, explanation }) => {
      const least = passesFrom.get(kind);
      const counts = words.get(status ?? '');
      if (score === null) return [];
      const isOpposite = least !== undefined && pass !== null && score >= least !== pass;
      if (!isOpposite && (counts === undefined || counts === score)) return [];
      return {
        ...placeOf(reading, span_id),
        message: isOpposite
          ? `Verdict ${id} is ${word(pass)} with a score of ${score}; ${least} and more pass.`
          : `Verdict ${id} is ${status} with a score of ${score}; that word counts ${counts}.`,
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
    const judged = reading.verdicts.filter(({ kind, pass }) => pass !== null && kind !== 'criterion_fit');
    return [...Map.groupBy(judged, thingOf)].flatMap(([thing, verdicts]) =>
      disagreement(reading, thing, verdicts),
    );
  },
};

/** What was judged, and by what: an original is judged in module 3 and, before it is revised, in module 5. */
function thingOf({ kind, item_id, plan_id, attempt, criterion_id, constraint_id }: Verdict): string {
  const by = criterion_id ?? constraint_id;
  if (kind === 'plan_score') return `the outline of ${plan_id} ${by}`;
  if (item_id === null) return `${plan_id} ${by}`;
  return attempt === null || attempt === 0 ? `${item_id} ${by}` : `${item_id}-a${attempt} ${by}`;
}

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
