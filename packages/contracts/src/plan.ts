import Type, { type Static } from 'typebox';
import { Id } from './ids.ts';
import { ProducedBy } from './trace-metadata.ts';

/** One item of a plan. Ids are unique over all outlines of a run: `p2-i3` is the third item of plan `p2`. */
export const PlanItem = Type.Object({
  id: Id,
  item_title: Type.String({ minLength: 1 }),
  item_description: Type.String({ minLength: 1 }),
  produced_by: ProducedBy,
});
export type PlanItem = Static<typeof PlanItem>;

/** A plan as one planner wrote it; expanded and revised plans have the same shape with longer items. */
export const PlanOutline = Type.Object({
  id: Id,
  plan_title: Type.String({ minLength: 1 }),
  plan_description: Type.String(),
  plan_items: Type.Array(PlanItem, { minItems: 3 }),
  reasoning: Type.String(),
  rating: Type.Number({ minimum: 1, maximum: 10 }),
  created_by: Type.String({ description: 'The planner that wrote the outline' }),
  produced_by: ProducedBy,
});
export type PlanOutline = Static<typeof PlanOutline>;

/** How well one outline meets one criterion, 0 to 1. */
export const PlanScore = Type.Object({
  id: Id,
  plan_id: Type.String(),
  criterion_id: Type.String(),
  score: Type.Number({ minimum: 0, maximum: 1 }),
  reasoning: Type.String(),
  produced_by: ProducedBy,
});
export type PlanScore = Static<typeof PlanScore>;

/**
 * Which outline was selected and why, computed from the scores; its span is what later items link to.
 * `totals` holds each plan's mean score, `margin` the winner's lead over the runner-up.
 */
export const PlanSelection = Type.Object({
  plan_id: Type.String(),
  totals: Type.Record(Type.String(), Type.Number()),
  reason: Type.String(),
  margin: Type.Number(),
  tie_break: Type.Union([Type.String(), Type.Null()]),
  trace_id: Type.String(),
  span_id: Type.String(),
});
export type PlanSelection = Static<typeof PlanSelection>;
