import Type, { type Static } from 'typebox';
import { Id } from './ids.ts';
import { ProducedBy } from './trace-metadata.ts';

/** One specific, measurable condition the finished plan is judged by. Ids are `c1`, `c2`, … */
export const SuccessCriterion = Type.Object({
  id: Id,
  criteria: Type.String({ minLength: 1 }),
  reasoning: Type.String(),
  rating: Type.Number({ minimum: 1, maximum: 10 }),
  produced_by: ProducedBy,
});
export type SuccessCriterion = Static<typeof SuccessCriterion>;

/** A source of the search summary; `url` is null for the model's own knowledge. */
export const Source = Type.Object({
  title: Type.String(),
  url: Type.Union([Type.String(), Type.Null()]),
  note: Type.String(),
});
export type Source = Static<typeof Source>;
