import Type, { type Static } from 'typebox';
import { answer, field } from '../answer.ts';
import { PlanOutline, PlanScore, PlanSelection } from '../plan.ts';
import { codeStep, constraintsLink, form, modelStep } from '../step.ts';
import { CriterionView, Ground, PlanView } from '../views.ts';
import { inputOf, type ModuleContract, outputOf } from './contract.ts';
import { Given2 } from './module1.ts';

const criterionLink = {
  to: ['criteria_evaluation'],
  names: ['criterionId'],
  which: 'a link for each criterion',
} as const;

export const PlanAnswer = answer({
  plan_title: field.title,
  plan_description: field.reason,
  plan_items: Type.Array(answer({ item_title: field.title, item_description: field.text }), {
    minItems: 3,
    maxItems: 12,
  }),
  reasoning: field.reason,
  rating: field.rating,
});
export type PlanAnswer = Static<typeof PlanAnswer>;

export const planGeneration = modelStep({
  name: 'plan_generation',
  agents: ['BalancedPlanner', 'LeanPlanner', 'AmbitiousPlanner'],
  times: 'agent',
  about: ['planId'],
  input: Type.Object({
    ...Ground.properties,
    search_summary: Type.String(),
    criteria: Type.Array(CriterionView),
  }),
  context: 'whole',
  answer: PlanAnswer,
  maxTokens: 16_384,
  links: { criterion: criterionLink, constraints: constraintsLink },
  attributes: Type.Object({ 'agento.plan.item_count': form.count(), 'agento.plan.rating': form.rating() }),
  content: { 'agento.plan.summary': 'its titles' },
  events: { 'agento.plan': { fields: ['json'], content: ['json'], note: 'the outline' } },
});

export const PlanScoresAnswer = answer({
  scores: Type.Array(
    answer({ plan_id: field.id, criterion_id: field.id, reasoning: field.reason, score: field.percent }),
  ),
});
export type PlanScoresAnswer = Static<typeof PlanScoresAnswer>;

export const planEvaluation = modelStep({
  name: 'plan_evaluation',
  agents: ['PlanEvaluator'],
  times: 'run',
  input: Type.Object({
    ...Ground.properties,
    criteria: Type.Array(CriterionView),
    plans: Type.Array(Type.Object({ ...PlanView.properties, reasoning: Type.String() })),
  }),
  context: 'short',
  answer: PlanScoresAnswer,
  maxTokens: 16_384,
  links: {
    plan: { to: ['plan_generation'], names: ['planId'] },
    criterion: criterionLink,
    constraints: constraintsLink,
  },
  attributes: Type.Object({ 'agento.scores.count': form.count() }),
  verdicts: { plan_score: { by: 'criterionId', of: 'planId', passes: 0.5 } },
});

export const planSelection = codeStep({
  name: 'plan_selection',
  kind: 'selection',
  times: 'run',
  links: { scores: { to: ['plan_evaluation'] } },
  attributes: Type.Object({ 'agento.plan.id': form.name('of the selected one') }),
  decision: {
    kind: 'plan_selection',
    by: 'total',
    hasMargin: true,
    says: {
      candidates: '`p1`, `p2`, `p3`',
      scores: 'criterion id → 0–1, `total`: their mean',
      chosenBy: 'code: the highest total',
    },
  },
});

export const Module2Input = inputOf(Given2);
export type Module2Input = Static<typeof Module2Input>;

export const Module2Adds = Type.Object({
  plan_outlines: Type.Array(PlanOutline, { minItems: 1 }),
  plan_scores: Type.Array(PlanScore),
  plan_selection: PlanSelection,
  selected_outline: PlanOutline,
});
export type Module2Adds = Static<typeof Module2Adds>;

/** Module 3's input. */
export const Given3 = { ...Given2, ...Module2Adds.properties };
export const Module2Output = outputOf(Given3);
export type Module2Output = Static<typeof Module2Output>;

export const module2: ModuleContract = {
  type: 'plan_generator',
  title: 'Plan outline',
  input: Module2Input,
  output: Module2Output,
  adds: Module2Adds,
  steps: [planGeneration, planEvaluation, planSelection],
};
