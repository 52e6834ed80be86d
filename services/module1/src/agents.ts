import { defineAgent } from '@agento/agent';
import { constraintExtraction, criteriaEvaluation, criteriaGeneration, searchStep } from '@agento/contracts';

const prompt = (name: string) => new URL(`../prompts/${name}.md`, import.meta.url);

export const searchAgent = defineAgent(searchStep, prompt('search-agent'), { searches: true });
export const constraintExtractor = defineAgent(constraintExtraction, prompt('constraint-extractor'));
export const criteriaGenerator = defineAgent(criteriaGeneration, prompt('criteria-generator'));
export const criteriaEvaluator = defineAgent(criteriaEvaluation, prompt('criteria-evaluator'));
