import { defineAgent } from '@agento/agent';
import { ConstraintsAnswer, CriteriaAnswer, CriteriaChoiceAnswer, SearchAnswer } from '@agento/contracts';

const prompt = (name: string) => new URL(`../prompts/${name}.md`, import.meta.url);

export const searchAgent = defineAgent({
  step: 'search_agent',
  prompt: prompt('search-agent'),
  answer: SearchAnswer,
  searches: true,
});
export const constraintExtractor = defineAgent({
  step: 'constraint_extraction',
  prompt: prompt('constraint-extractor'),
  answer: ConstraintsAnswer,
});
export const criteriaGenerator = defineAgent({
  step: 'criteria_generation',
  prompt: prompt('criteria-generator'),
  answer: CriteriaAnswer,
});
export const criteriaEvaluator = defineAgent({
  step: 'criteria_evaluation',
  prompt: prompt('criteria-evaluator'),
  answer: CriteriaChoiceAnswer,
});
