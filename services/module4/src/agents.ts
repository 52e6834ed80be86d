import { defineAgent } from '@agento/agent';
import { deficiencyAnalysis, revisionGeneration, revisionValidation } from '@agento/contracts';

const prompt = (name: string) => new URL(`../prompts/${name}.md`, import.meta.url);

export const criteriaAssessor = defineAgent(deficiencyAnalysis, prompt('criteria-assessor'));
export const revisionRequester = defineAgent(revisionGeneration, prompt('revision-requester'));
export const revisionEvaluator = defineAgent(revisionValidation, prompt('revision-evaluator'));
