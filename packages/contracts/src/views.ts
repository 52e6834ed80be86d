/**
 * What agents are shown of the run's data, without its origin. What many calls share comes first (goal, constraints,
 * context, criteria), what differs between calls last, so that a provider's prompt cache applies.
 */
import Type, { type Static } from 'typebox';
import { type Constraint, ConstraintKind } from './constraint.ts';
import type { SuccessCriterion } from './criterion.ts';
import { EvalResult } from './evaluation.ts';
import type { PlanItem, PlanOutline } from './plan.ts';
import { RevisionRequest } from './revision.ts';

/**
 * A context of up to this many bytes of UTF-8 is shown to every agent; a longer one only to those that work from it.
 */
export const mostContext = 4_096;

const context = Type.Optional(Type.String());

/** What the user provided, complete. */
export const Brief = Type.Object({ goal: Type.String(), context });
export type Brief = Static<typeof Brief>;

export const ConstraintView = Type.Object({
  id: Type.String(),
  text: Type.String(),
  kind: ConstraintKind,
  quote: Type.String(),
});
export type ConstraintView = Static<typeof ConstraintView>;

/**
 * The first part of every later agent's input. `context` is the user's own: complete for agents that work from it, and
 * for all others if it is short (mostContext); if it is long, the constraints represent it.
 */
export const Ground = Type.Object({
  goal: Type.String(),
  constraints: Type.Array(ConstraintView),
  context,
});
export type Ground = Static<typeof Ground>;

export const CriterionView = Type.Object({
  id: Type.String(),
  criteria: Type.String(),
  reasoning: Type.String(),
});
export type CriterionView = Static<typeof CriterionView>;

export const ItemView = Type.Object({
  id: Type.String(),
  item_title: Type.String(),
  item_description: Type.String(),
});
export type ItemView = Static<typeof ItemView>;

export const PlanView = Type.Object({
  id: Type.String(),
  plan_title: Type.String(),
  plan_description: Type.String(),
  plan_items: Type.Array(ItemView),
});
export type PlanView = Static<typeof PlanView>;

export const RequestView = Type.Omit(RevisionRequest, ['produced_by']);
export type RequestView = Static<typeof RequestView>;

export const VerdictView = Type.Pick(EvalResult, ['criterion_id', 'result', 'score', 'reasoning']);
export type VerdictView = Static<typeof VerdictView>;

export const SuggestionView = Type.Object({ id: Type.String(), text: Type.String() });

export const constraintView = ({ id, text, kind, quote }: Constraint): ConstraintView => ({
  id,
  text,
  kind,
  quote,
});

export const criterionView = ({ id, criteria, reasoning }: SuccessCriterion): CriterionView => ({
  id,
  criteria,
  reasoning,
});

export const itemView = ({ id, item_title, item_description }: PlanItem): ItemView => ({
  id,
  item_title,
  item_description,
});

export const planView = ({ id, plan_title, plan_description, plan_items }: PlanOutline): PlanView => ({
  id,
  plan_title,
  plan_description,
  plan_items: plan_items.map(itemView),
});

export const requestView = ({ produced_by: _, ...request }: RevisionRequest): RequestView => request;
