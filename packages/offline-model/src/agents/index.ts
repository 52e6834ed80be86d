import type { ModelStep, StepInputs } from '@agento/contracts';
import { constraintExtractor } from './constraint-extractor.ts';
import { criteriaAssessor } from './criteria-assessor.ts';
import { criteriaEvaluator } from './criteria-evaluator.ts';
import { criteriaGenerator } from './criteria-generator.ts';
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

/** One agent: the fields its input must have, and its rule. */
export interface Agent {
  needs: readonly string[];
  answer(input: Record<string, unknown>): unknown;
}

function agent<S extends ModelStep>(
  needs: readonly (keyof StepInputs[S] & string)[],
  rule: (input: StepInputs[S]) => unknown,
): Agent {
  return { needs, answer: (input) => rule(input as unknown as StepInputs[S]) };
}

/** The agents the offline model knows, by the heading their system message begins with. */
export const agents: ReadonlyMap<string, Agent> = new Map([
  ['SearchAgent', agent<'search_agent'>(['goal'], searchAgent)],
  ['ConstraintExtractor', agent<'constraint_extraction'>(['goal'], constraintExtractor)],
  ['CriteriaGenerator', agent<'criteria_generation'>(['goal'], criteriaGenerator)],
  ['CriteriaEvaluator', agent<'criteria_evaluation'>(['goal', 'candidates'], criteriaEvaluator)],
  ['BalancedPlanner', agent<'plan_generation'>(['goal', 'criteria'], planner('balanced'))],
  ['LeanPlanner', agent<'plan_generation'>(['goal', 'criteria'], planner('lean'))],
  ['AmbitiousPlanner', agent<'plan_generation'>(['goal', 'criteria'], planner('ambitious'))],
  ['PlanEvaluator', agent<'plan_evaluation'>(['goal', 'criteria', 'plans'], planEvaluator)],
  ['ItemExpander', agent<'item_generation'>(['goal', 'criteria', 'plan', 'item'], itemExpander)],
  ['ItemEvaluator', agent<'expansion_evaluation'>(['goal', 'item', 'criterion'], itemEvaluator)],
  [
    'CriteriaAssessor',
    agent<'deficiency_analysis'>(['goal', 'criteria', 'item', 'verdicts'], criteriaAssessor),
  ],
  [
    'RevisionRequester',
    agent<'revision_generation'>(['goal', 'criteria', 'item', 'assessment'], revisionRequester),
  ],
  [
    'RevisionEvaluator',
    agent<'revision_validation'>(['goal', 'criteria', 'item', 'revision_request'], revisionEvaluator),
  ],
  [
    'RevisionApplier',
    agent<'revision_apply'>(['goal', 'criteria', 'item', 'revision_request'], revisionApplier),
  ],
  [
    'ImplementationEvaluator',
    agent<'revision_evaluation'>(
      ['goal', 'criteria', 'item', 'revision_request', 'revised_text', 'suggestions'],
      implementationEvaluator,
    ),
  ],
  [
    'RevisionRefiner',
    agent<'revision_refinement'>(
      ['goal', 'criteria', 'item', 'revision_request', 'previous_text'],
      revisionRefiner,
    ),
  ],
  ['QualityChecker', agent<'quality_check'>(['goal', 'criteria', 'plan'], qualityChecker)],
]);
