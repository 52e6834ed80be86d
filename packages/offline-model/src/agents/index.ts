import {
  type AnswerOf,
  constraintExtraction,
  criteriaEvaluation,
  criteriaGeneration,
  deficiencyAnalysis,
  expansionEvaluation,
  type InputOf,
  itemGeneration,
  type ModelStepDefinition,
  planEvaluation,
  planGeneration,
  qualityCheck,
  revisionApply,
  revisionEvaluation,
  revisionGeneration,
  revisionRefinement,
  revisionValidation,
  searchStep,
} from '@agento/contracts';
import { critiqueStep } from '@agento/guardrails';
import { constraintExtractor } from './constraint-extractor.ts';
import { criteriaAssessor } from './criteria-assessor.ts';
import { criteriaEvaluator } from './criteria-evaluator.ts';
import { criteriaGenerator } from './criteria-generator.ts';
import { guardrailCritic } from './guardrail-critic.ts';
import { implementationEvaluator } from './implementation-evaluator.ts';
import { itemEvaluator } from './item-evaluator.ts';
import { itemExpander } from './item-expander.ts';
import { planEvaluator } from './plan-evaluator.ts';
import { planner } from './planners.ts';
import { qualityChecker } from './quality-checker.ts';
import { revisionApplier } from './revision-applier.ts';
import { revisionEvaluator } from './revision-evaluator.ts';
import { revisionRefiner } from './revision-refiner.ts';
import { revisionRequester } from './revision-requester.ts';
import { searchAgent } from './search-agent.ts';

/** How the agents of one step answer. */
export interface Rule {
  step: ModelStepDefinition;
  /** The answer to an input that matches the step's schema. */
  answer(input: object, agent: string): object;
}

function rule<D extends ModelStepDefinition>(
  step: D,
  answer: (input: InputOf<D>, agent: string) => AnswerOf<D> & object,
): Rule {
  return { step, answer: (input, agent) => answer(input as InputOf<D>, agent) };
}

/** By step; the judge of the original follows the same rule as the judge of an attempt. */
const rules = [
  rule(searchStep, searchAgent),
  rule(constraintExtraction, constraintExtractor),
  rule(criteriaGeneration, criteriaGenerator),
  rule(criteriaEvaluation, criteriaEvaluator),
  rule(planGeneration, planner),
  rule(planEvaluation, planEvaluator),
  rule(itemGeneration, itemExpander),
  rule(expansionEvaluation, itemEvaluator),
  rule(deficiencyAnalysis, criteriaAssessor),
  rule(revisionGeneration, revisionRequester),
  rule(revisionValidation, revisionEvaluator),
  rule(revisionApply, revisionApplier),
  rule(revisionEvaluation, implementationEvaluator),
  rule(revisionRefinement, revisionRefiner),
  rule(qualityCheck, qualityChecker),
  rule(critiqueStep, guardrailCritic),
];

/** The rule of an agent, by the heading of its system message. */
export function ruleOf(agent: string): Rule | undefined {
  return rules.find(({ step }) => step.agents.includes(agent));
}
