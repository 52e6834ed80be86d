import Type, { type Static, type TProperties } from 'typebox';
import { ConstraintKind, ConstraintStatus } from './constraint.ts';
import { FulfillmentStatus, Impact } from './revision.ts';

/**
 * What a model fills in, one schema a step: only what a model can know. They are strict (every field required and typed,
 * none beside them), so that a provider can compile each once. Every one argues before it judges: a reason that follows
 * a number only defends it. A `maxLength` stands where a text is meant to be short.
 */
function answer<P extends TProperties>(fields: P) {
  return Type.Object(fields, { additionalProperties: false });
}

/** A whole number: small models keep to the bounds of an integer, not to those of a fraction. */
const percent = Type.Integer({ minimum: 0, maximum: 100 });
const rating = Type.Integer({ minimum: 1, maximum: 10 });
const status = FulfillmentStatus;

/** Longer than an input's ids may be: a suggestion's is made of its item's. */
const id = Type.String({ maxLength: 200 });
const title = Type.String({ maxLength: 200 });
/** A few sentences. */
const reason = Type.String({ maxLength: 4_000 });
/** Several paragraphs. */
const text = Type.String();

export const SearchAnswer = answer({
  summary: text,
  sources: Type.Array(
    answer({ title, url: Type.Union([Type.String({ maxLength: 2_000 }), Type.Null()]), note: reason }),
    { maxItems: 8 },
  ),
});
export type SearchAnswer = Static<typeof SearchAnswer>;

export const ConstraintsAnswer = answer({
  constraints: Type.Array(answer({ quote: reason, text: reason, kind: ConstraintKind }), { maxItems: 12 }),
});
export type ConstraintsAnswer = Static<typeof ConstraintsAnswer>;

export const CriteriaAnswer = answer({
  criteria: Type.Array(answer({ criteria: reason, reasoning: reason, rating }), {
    minItems: 5,
    maxItems: 10,
  }),
});
export type CriteriaAnswer = Static<typeof CriteriaAnswer>;

export const CriteriaChoiceAnswer = answer({
  evaluations: Type.Array(answer({ criterion_id: id, reasoning: reason, rating })),
  reason,
  selected_ids: Type.Array(id, { minItems: 3, maxItems: 5 }),
  tie_break: Type.Union([reason, Type.Null()]),
});
export type CriteriaChoiceAnswer = Static<typeof CriteriaChoiceAnswer>;

export const PlanAnswer = answer({
  plan_title: title,
  plan_description: reason,
  plan_items: Type.Array(answer({ item_title: title, item_description: text }), {
    minItems: 3,
    maxItems: 12,
  }),
  reasoning: reason,
  rating,
});
export type PlanAnswer = Static<typeof PlanAnswer>;

export const PlanScoresAnswer = answer({
  scores: Type.Array(answer({ plan_id: id, criterion_id: id, reasoning: reason, score: percent })),
});
export type PlanScoresAnswer = Static<typeof PlanScoresAnswer>;

export const ExpansionAnswer = answer({ text });
export type ExpansionAnswer = Static<typeof ExpansionAnswer>;

/** Whether it passes follows from the score, by code. */
export const VerdictAnswer = answer({ reasoning: reason, score: percent });
export type VerdictAnswer = Static<typeof VerdictAnswer>;

export const AssessmentAnswer = answer({
  shortfalls: Type.Array(answer({ criterion_id: id, reason })),
  summary: reason,
});
export type AssessmentAnswer = Static<typeof AssessmentAnswer>;

export const RevisionRequestAnswer = answer({
  reasoning: reason,
  targeted_criteria: Type.Array(id, { minItems: 1 }),
  revision_request_content: text,
});
export type RevisionRequestAnswer = Static<typeof RevisionRequestAnswer>;

export const ApprovalAnswer = answer({
  impact_assessment: Type.Array(answer({ criterion_id: id, note: reason, impact: Impact })),
  reasoning: reason,
  approved: Type.Boolean(),
});
export type ApprovalAnswer = Static<typeof ApprovalAnswer>;

/** `changes`: what is to be changed and where, listed before the text is written. */
export const RevisedTextAnswer = answer({
  changes: Type.Array(reason, { minItems: 1, maxItems: 20 }),
  revised_text: text,
});
export type RevisedTextAnswer = Static<typeof RevisedTextAnswer>;

/** Whether the targeted criteria are met follows from the statuses, by code. */
export const ImplementationAnswer = answer({
  criteria_fulfillment: Type.Array(answer({ criterion_id: id, explanation: reason, status })),
  feedback: Type.Array(
    answer({
      suggestion_id: id,
      evidence: reason,
      status: Type.Enum(['addressed', 'partial', 'ignored'], { type: 'string' }),
    }),
  ),
  reasoning: reason,
  score: percent,
  improvement_suggestions: Type.Array(reason, { maxItems: 10 }),
});
export type ImplementationAnswer = Static<typeof ImplementationAnswer>;

export const QualityAnswer = answer({
  constraints: Type.Array(
    answer({ constraint_id: id, explanation: reason, passage: reason, status: ConstraintStatus }),
  ),
  criteria: Type.Array(answer({ criterion_id: id, explanation: reason, status })),
  strengths: Type.Array(reason, { maxItems: 10 }),
  open_issues: Type.Array(reason, { maxItems: 20 }),
  summary: reason,
});
export type QualityAnswer = Static<typeof QualityAnswer>;
