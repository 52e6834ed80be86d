import Type, { type Static } from 'typebox';
import { ProducedBy } from './trace-metadata.ts';
import type { Finding } from './validate.ts';

/** A judgement that is missing: the model's answer remained unusable after its repair, or the model declined. */
export const notJudged = 'not_judged';

/**
 * The verdict on one item against one criterion. `criteria` repeats the criterion's text for the reader; `score` is
 * null for a verdict `not_judged`, whose `reasoning` says why.
 */
export const EvalResult = Type.Object({
  id: Type.String({ minLength: 1 }),
  item_id: Type.String(),
  criterion_id: Type.String(),
  result: Type.Enum(['pass', 'fail', notJudged]),
  score: Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()]),
  reasoning: Type.String(),
  criteria: Type.String(),
  produced_by: ProducedBy,
});
export type EvalResult = Static<typeof EvalResult>;

/** A verdict is `not_judged` if and only if it has no score, and most are judged. */
export function checkVerdicts({ evaluation_results }: { evaluation_results: EvalResult[] }): Finding[] {
  const open = evaluation_results.filter(({ result }) => result === notJudged).length;
  if (open * 2 > evaluation_results.length) {
    const detail = `has ${open} of ${evaluation_results.length} verdicts that are ${notJudged}: too few are left to go on with`;
    return [{ pointer: '/evaluation_results', detail }];
  }
  return evaluation_results.flatMap(({ result, score }, index) =>
    (result === notJudged) === (score === null)
      ? []
      : [
          {
            pointer: `/evaluation_results/${index}/score`,
            detail: `must be null if and only if result is ${notJudged}`,
          },
        ],
  );
}

/**
 * One criterion over all items; counts and mean are computed from the verdicts. The mean is null if none was judged.
 */
export const CriterionSummary = Type.Object({
  criterion_id: Type.String(),
  criteria: Type.String(),
  passed: Type.Integer(),
  failed: Type.Integer(),
  not_judged: Type.Optional(Type.Integer()),
  mean_score: Type.Union([Type.Number(), Type.Null()]),
});
export type CriterionSummary = Static<typeof CriterionSummary>;
