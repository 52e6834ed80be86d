import Type, { type Static, type TProperties } from 'typebox';
import { FulfillmentStatus, Impact } from './revision.ts';

/**
 * What a model fills in, one schema a step: only what a model can know. They are static and strict (every
 * field required and typed, none beside them, no length limits on strings), so that a provider can compile
 * each once.
 */
function answer<P extends TProperties>(fields: P) {
  return Type.Object(fields, { additionalProperties: false });
}

const score = Type.Number({ minimum: 0, maximum: 1 });
const rating = Type.Integer({ minimum: 1, maximum: 10 });
const status = FulfillmentStatus;

export const SearchAnswer = answer({
  summary: Type.String(),
  sources: Type.Array(
    answer({ title: Type.String(), url: Type.Union([Type.String(), Type.Null()]), note: Type.String() }),
  ),
});
export type SearchAnswer = Static<typeof SearchAnswer>;

export const CriteriaAnswer = answer({
  criteria: Type.Array(answer({ criteria: Type.String(), reasoning: Type.String(), rating }), {
    minItems: 5,
    maxItems: 10,
  }),
});
export type CriteriaAnswer = Static<typeof CriteriaAnswer>;

export const CriteriaChoiceAnswer = answer({
  evaluations: Type.Array(answer({ criterion_id: Type.String(), rating, reasoning: Type.String() })),
  selected_ids: Type.Array(Type.String(), { minItems: 3, maxItems: 5 }),
  reason: Type.String(),
  tie_break: Type.Union([Type.String(), Type.Null()]),
});
export type CriteriaChoiceAnswer = Static<typeof CriteriaChoiceAnswer>;

export const PlanAnswer = answer({
  plan_title: Type.String(),
  plan_description: Type.String(),
  plan_items: Type.Array(answer({ item_title: Type.String(), item_description: Type.String() }), {
    minItems: 3,
    maxItems: 12,
  }),
  reasoning: Type.String(),
  rating,
});
export type PlanAnswer = Static<typeof PlanAnswer>;

export const PlanScoresAnswer = answer({
  scores: Type.Array(
    answer({ plan_id: Type.String(), criterion_id: Type.String(), score, reasoning: Type.String() }),
  ),
});
export type PlanScoresAnswer = Static<typeof PlanScoresAnswer>;

export const ExpansionAnswer = answer({ text: Type.String() });
export type ExpansionAnswer = Static<typeof ExpansionAnswer>;

export const VerdictAnswer = answer({
  reasoning: Type.String(),
  score,
  result: Type.Enum(['pass', 'fail'], { type: 'string' }),
});
export type VerdictAnswer = Static<typeof VerdictAnswer>;

export const AssessmentAnswer = answer({
  summary: Type.String(),
  shortfalls: Type.Array(answer({ criterion_id: Type.String(), reason: Type.String() })),
});
export type AssessmentAnswer = Static<typeof AssessmentAnswer>;

export const RevisionRequestAnswer = answer({
  revision_request_content: Type.String(),
  reasoning: Type.String(),
  targeted_criteria: Type.Array(Type.String(), { minItems: 1 }),
});
export type RevisionRequestAnswer = Static<typeof RevisionRequestAnswer>;

export const ApprovalAnswer = answer({
  impact_assessment: Type.Array(answer({ criterion_id: Type.String(), impact: Impact, note: Type.String() })),
  reasoning: Type.String(),
  approved: Type.Boolean(),
});
export type ApprovalAnswer = Static<typeof ApprovalAnswer>;

export const RevisedTextAnswer = answer({ revised_text: Type.String() });
export type RevisedTextAnswer = Static<typeof RevisedTextAnswer>;

export const ImplementationAnswer = answer({
  criteria_fulfillment: Type.Array(answer({ criterion_id: Type.String(), status })),
  feedback: Type.Array(
    answer({
      suggestion_id: Type.String(),
      status: Type.Enum(['addressed', 'partial', 'ignored'], { type: 'string' }),
      evidence: Type.String(),
    }),
  ),
  reasoning: Type.String(),
  score,
  meets_criteria: Type.Boolean(),
  improvement_suggestions: Type.Array(Type.String(), { maxItems: 10 }),
});
export type ImplementationAnswer = Static<typeof ImplementationAnswer>;

export const QualityAnswer = answer({
  criteria: Type.Array(answer({ criterion_id: Type.String(), status, explanation: Type.String() })),
  summary: Type.String(),
  strengths: Type.Array(Type.String()),
  open_issues: Type.Array(Type.String()),
});
export type QualityAnswer = Static<typeof QualityAnswer>;
