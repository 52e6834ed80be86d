import Type, { type Static } from 'typebox';
import { answer, field } from '../answer.ts';
import { CriterionSummary, EvalResult } from '../evaluation.ts';
import { PlanOutline } from '../plan.ts';
import { codeStep, constraintsLink, form, modelStep } from '../step.ts';
import { CriterionView, Ground, ItemView, PlanView } from '../views.ts';
import { inputOf, type ModuleContract, outputOf } from './contract.ts';
import { Given3 } from './module2.ts';

export const planExpansion = codeStep({
  name: 'plan_expansion',
  kind: 'group',
  times: 'run',
  attributes: Type.Object({
    'agento.items.count': form.count(),
    'agento.verdicts.count': form.count(),
    'agento.verdicts.fail_count': form.count(),
    'agento.verdicts.not_judged_count': form.count(),
  }),
});

export const ExpansionAnswer = answer({ text: field.text });
export type ExpansionAnswer = Static<typeof ExpansionAnswer>;

export const itemGeneration = modelStep({
  name: 'item_generation',
  agents: ['ItemExpander'],
  below: 'plan_expansion',
  times: 'item',
  about: ['itemId', 'planId'],
  input: Type.Object({
    ...Ground.properties,
    criteria: Type.Array(CriterionView),
    plan: PlanView,
    item: ItemView,
  }),
  context: 'whole',
  answer: ExpansionAnswer,
  maxTokens: 16_384,
  links: { plan: { to: ['plan_selection'], names: ['planId'] }, constraints: constraintsLink },
  attributes: Type.Object({ 'agento.section.size': form.count('in bytes') }),
  content: { 'agento.plan.section': 'the text' },
});

/** Code derives from the score whether it passes. */
export const VerdictAnswer = answer({ reasoning: field.reason, score: field.percent });
export type VerdictAnswer = Static<typeof VerdictAnswer>;

export const expansionEvaluation = modelStep({
  name: 'expansion_evaluation',
  agents: ['ItemEvaluator'],
  below: 'plan_expansion',
  times: 'item and criterion',
  about: ['itemId', 'criterionId', 'planId'],
  judges: true,
  input: Type.Object({
    ...Ground.properties,
    /** Titles only: enough to see what the item leaves to others. */
    plan: Type.Object({ plan_title: Type.String(), item_titles: Type.Array(Type.String()) }),
    item: ItemView,
    criterion: CriterionView,
  }),
  context: 'short',
  answer: VerdictAnswer,
  maxTokens: 4_096,
  links: {
    criterion: { to: ['criteria_evaluation'], names: ['criterionId'] },
    item: { to: ['item_generation'], names: ['itemId'] },
    constraints: constraintsLink,
  },
  attributes: Type.Object({ 'agento.verdict.pass': form.flag(), 'agento.verdict.score': form.share() }),
  verdicts: { item_criterion: { by: 'criterionId', of: 'itemId', passes: 0.5 } },
});

export const Module3Input = inputOf(Given3);
export type Module3Input = Static<typeof Module3Input>;

export const Module3Adds = Type.Object({
  expanded_outline: PlanOutline,
  evaluation_results: Type.Array(EvalResult),
  criteria_summary: Type.Array(CriterionSummary),
});
export type Module3Adds = Static<typeof Module3Adds>;

/** Module 4's input. */
export const Given4 = { ...Given3, ...Module3Adds.properties };
export const Module3Output = outputOf(Given4);
export type Module3Output = Static<typeof Module3Output>;

export const module3: ModuleContract = {
  type: 'plan_expander',
  title: 'Expanded plan',
  input: Module3Input,
  output: Module3Output,
  adds: Module3Adds,
  steps: [planExpansion, itemGeneration, expansionEvaluation],
};
