/**
 * What each step shows its model, as the JSON between the input's delimiters. What many calls share comes
 * first (goal, constraints, context, criteria), what is a call's own last, so that a provider's prompt cache applies.
 */
import type { ConstraintKind } from './constraint.ts';
import type { Impact } from './revision.ts';

/** A context of up to so many bytes of UTF-8 is shown to everyone; a longer one only to those that work from it. */
export const mostContext = 4_096;

/** What the user gave, whole. */
export interface Brief {
  goal: string;
  context?: string;
}
export interface ConstraintView {
  id: string;
  text: string;
  kind: ConstraintKind;
  quote: string;
}
/**
 * What everyone who comes after is shown first. `context` is the user's own, whole for those that work from it, and for
 * everyone else where it is short (mostContext); the constraints stand for it where it is long.
 */
export interface Ground {
  goal: string;
  constraints: ConstraintView[];
  context?: string;
}
export interface CriterionView {
  id: string;
  criteria: string;
  reasoning: string;
}
export interface ItemView {
  id: string;
  item_title: string;
  item_description: string;
}
export interface PlanView {
  id: string;
  plan_title: string;
  plan_description: string;
  plan_items: ItemView[];
  reasoning: string;
}
/** A plan by its titles: enough to see what an item leaves to others. */
export interface PlanTitles {
  plan_title: string;
  item_titles: string[];
}
export interface RequestView {
  id: string;
  revision_request_content: string;
  reasoning: string;
  targeted_criteria: string[];
}
export interface VerdictView {
  criterion_id: string;
  result: 'pass' | 'fail' | 'not_judged';
  /** 0 to 1; null where it was not judged. */
  score: number | null;
  reasoning: string;
}

/** What every step of a revision is shown first. */
type RevisionGround = Ground & {
  criteria: CriterionView[];
  item: ItemView;
  revision_request: RequestView;
};

export interface StepInputs {
  search_agent: Brief;
  constraint_extraction: Brief;
  criteria_generation: Ground & { search_summary: string };
  criteria_evaluation: Ground & {
    search_summary: string;
    candidates: (CriterionView & { rating: number })[];
  };
  plan_generation: Ground & { search_summary: string; criteria: CriterionView[] };
  plan_evaluation: Ground & { criteria: CriterionView[]; plans: PlanView[] };
  item_generation: Ground & { criteria: CriterionView[]; plan: Omit<PlanView, 'reasoning'>; item: ItemView };
  expansion_evaluation: Ground & { plan: PlanTitles; item: ItemView; criterion: CriterionView };
  deficiency_analysis: Ground & { criteria: CriterionView[]; item: ItemView; verdicts: VerdictView[] };
  revision_generation: Ground & {
    criteria: CriterionView[];
    item: ItemView;
    assessment: { summary: string; shortfalls: { criterion_id: string; reason: string }[] };
  };
  revision_validation: RevisionGround;
  revision_apply: RevisionGround & {
    impact_assessment: { criterion_id: string; impact: Impact; note: string }[];
  };
  /** The original text in the place of a revised one: judged by the same agent, on the same scale. */
  revision_baseline: StepInputs['revision_evaluation'];
  revision_evaluation: RevisionGround & {
    revised_text: string;
    /** What the attempt before was told; empty on the first attempt. */
    suggestions: { id: string; text: string }[];
  };
  revision_refinement: RevisionGround & {
    previous_text: string;
    evaluation: {
      reasoning: string;
      criteria_fulfillment: { criterion_id: string; explanation?: string; status: string }[];
    };
    suggestions: { id: string; text: string }[];
  };
  quality_check: Ground & {
    criteria: CriterionView[];
    plan: Omit<PlanView, 'reasoning'>;
  };
}
/** The steps that ask a model. */
export type ModelStep = keyof StepInputs;
