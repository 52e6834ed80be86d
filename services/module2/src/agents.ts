import { defineAgent } from '@agento/agent';
import { planEvaluation, planGeneration } from '@agento/contracts';

const prompt = (name: string) => new URL(`../prompts/${name}.md`, import.meta.url);

/** Three planners in parallel, each with its style; a plan's id is its planner's position here: p1, p2, p3. */
export const planners = ['balanced-planner', 'lean-planner', 'ambitious-planner'].map((name) =>
  defineAgent(planGeneration, prompt(name)),
);
export const planEvaluator = defineAgent(planEvaluation, prompt('plan-evaluator'));
