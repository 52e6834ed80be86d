import { defineAgent } from '@agento/agent';
import { ExpansionAnswer, VerdictAnswer } from '@agento/contracts';

const prompt = (name: string) => new URL(`../prompts/${name}.md`, import.meta.url);

export const itemExpander = defineAgent({
  step: 'item_generation',
  prompt: prompt('item-expander'),
  answer: ExpansionAnswer,
});
export const itemEvaluator = defineAgent({
  step: 'expansion_evaluation',
  prompt: prompt('item-evaluator'),
  answer: VerdictAnswer,
});
