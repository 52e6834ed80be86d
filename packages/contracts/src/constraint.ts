import Type, { type Static } from 'typebox';
import { notJudged } from './evaluation.ts';
import { Id } from './ids.ts';
import { ProducedBy } from './trace-metadata.ts';

export const ConstraintKind = Type.Enum(
  ['money', 'time', 'people', 'law', 'safety', 'means', 'scope', 'other'],
  { type: 'string', description: 'Kind of limit' },
);
export type ConstraintKind = Static<typeof ConstraintKind>;

/**
 * A constraint that the user's goal or context sets for the plan. Ids are `k1`, `k2`, … `quote` is the passage that
 * sets it; code has checked that the goal or the context contains it.
 */
export const Constraint = Type.Object({
  id: Id,
  text: Type.String({ minLength: 1 }),
  kind: ConstraintKind,
  quote: Type.String({ minLength: 1 }),
  produced_by: ProducedBy,
});
export type Constraint = Static<typeof Constraint>;

/** Whether the finished plan keeps a constraint: kept, broken, or the plan does not show it. */
export const ConstraintStatus = Type.Enum(['kept', 'broken', 'not_shown'], { type: 'string' });
export type ConstraintStatus = Static<typeof ConstraintStatus>;

/** The same, or not judged. */
export const JudgedConstraintStatus = Type.Enum(['kept', 'broken', 'not_shown', notJudged], {
  type: 'string',
});
export type JudgedConstraintStatus = Static<typeof JudgedConstraintStatus>;
