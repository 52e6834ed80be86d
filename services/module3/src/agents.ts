import { defineAgent } from '@agento/agent';
import { expansionEvaluation, itemGeneration } from '@agento/contracts';

const prompt = (name: string) => new URL(`../prompts/${name}.md`, import.meta.url);

export const itemExpander = defineAgent(itemGeneration, prompt('item-expander'));
export const itemEvaluator = defineAgent(expansionEvaluation, prompt('item-evaluator'));
