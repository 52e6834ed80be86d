import { defineAgent } from '@agento/agent';
import { ImplementationAnswer, QualityAnswer, RevisedTextAnswer } from '@agento/contracts';

const prompt = (name: string) => new URL(`../prompts/${name}.md`, import.meta.url);

export const revisionApplier = defineAgent({
  step: 'revision_apply',
  prompt: prompt('revision-applier'),
  answer: RevisedTextAnswer,
});
export const revisionRefiner = defineAgent({
  step: 'revision_refinement',
  prompt: prompt('revision-refiner'),
  answer: RevisedTextAnswer,
});
export const implementationEvaluator = defineAgent({
  step: 'revision_evaluation',
  prompt: prompt('implementation-evaluator'),
  answer: ImplementationAnswer,
});
/** The same judge, with the same words: it cannot tell that nothing has been revised. */
export const baselineEvaluator = { ...implementationEvaluator, step: 'revision_baseline' as const };
export const qualityChecker = defineAgent({
  step: 'quality_check',
  prompt: prompt('quality-checker'),
  answer: QualityAnswer,
});
