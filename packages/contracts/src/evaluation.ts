import Type, { type Static } from 'typebox';
import { ProducedBy } from './trace-metadata.ts';

/** The verdict on one item against one criterion. `criteria` repeats the criterion's text for the reader. */
export const EvalResult = Type.Object({
  id: Type.String({ minLength: 1 }),
  item_id: Type.String(),
  criterion_id: Type.String(),
  result: Type.Enum(['pass', 'fail']),
  score: Type.Number({ minimum: 0, maximum: 1 }),
  reasoning: Type.String(),
  criteria: Type.String(),
  produced_by: ProducedBy,
});
export type EvalResult = Static<typeof EvalResult>;

/** One criterion over all items; counts and mean computed from the verdicts. */
export const CriterionSummary = Type.Object({
  criterion_id: Type.String(),
  criteria: Type.String(),
  passed: Type.Integer(),
  failed: Type.Integer(),
  mean_score: Type.Number(),
});
export type CriterionSummary = Static<typeof CriterionSummary>;
