/**
 * What each step shows its model, as the JSON between the input's delimiters. What many calls share comes
 * first (goal, context, criteria), what is a call's own last, so that a provider's prompt cache applies.
 */
import type { Impact } from './revision.ts';

export interface Brief {
  goal: string;
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
export interface RequestView {
  id: string;
  revision_request_content: string;
  reasoning: string;
  targeted_criteria: string[];
}
export interface VerdictView {
  criterion_id: string;
  result: 'pass' | 'fail';
  score: number;
  reasoning: string;
}

export interface StepInputs {
  search_agent: Brief;
  criteria_generation: Brief & { search_summary: string };
  criteria_evaluation: Brief & {
    search_summary: string;
    candidates: (CriterionView & { rating: number })[];
  };
  plan_generation: Brief & { search_summary: string; criteria: CriterionView[] };
  plan_evaluation: { goal: string; criteria: CriterionView[]; plans: PlanView[] };
  item_generation: Brief & { criteria: CriterionView[]; plan: Omit<PlanView, 'reasoning'>; item: ItemView };
  expansion_evaluation: { goal: string; item: ItemView; criterion: CriterionView };
  deficiency_analysis: { goal: string; criteria: CriterionView[]; item: ItemView; verdicts: VerdictView[] };
  revision_generation: {
    goal: string;
    criteria: CriterionView[];
    item: ItemView;
    assessment: { summary: string; shortfalls: { criterion_id: string; reason: string }[] };
  };
  revision_validation: {
    goal: string;
    criteria: CriterionView[];
    item: ItemView;
    revision_request: RequestView;
  };
  revision_apply: {
    goal: string;
    criteria: CriterionView[];
    item: ItemView;
    revision_request: RequestView;
    impact_assessment: { criterion_id: string; impact: Impact; note: string }[];
  };
  revision_evaluation: {
    goal: string;
    criteria: CriterionView[];
    item: ItemView;
    revision_request: RequestView;
    revised_text: string;
    /** What the attempt before was told; empty on the first attempt. */
    suggestions: { id: string; text: string }[];
  };
  revision_refinement: {
    goal: string;
    criteria: CriterionView[];
    item: ItemView;
    revision_request: RequestView;
    previous_text: string;
    evaluation: { reasoning: string; criteria_fulfillment: { criterion_id: string; status: string }[] };
    suggestions: { id: string; text: string }[];
  };
  quality_check: {
    goal: string;
    criteria: CriterionView[];
    plan: Omit<PlanView, 'reasoning'>;
  };
}
/** The steps that ask a model. */
export type ModelStep = keyof StepInputs;
