import { defineAgent } from '@agento/agent';
import {
  qualityCheck,
  revisionApply,
  revisionBaseline,
  revisionEvaluation,
  revisionRefinement,
} from '@agento/contracts';

const prompt = (name: string) => new URL(`../prompts/${name}.md`, import.meta.url);

export const revisionApplier = defineAgent(revisionApply, prompt('revision-applier'));
export const revisionRefiner = defineAgent(revisionRefinement, prompt('revision-refiner'));
export const implementationEvaluator = defineAgent(revisionEvaluation, prompt('implementation-evaluator'));
/** The same judge with the same prompt: it cannot tell that nothing has been revised. */
export const baselineEvaluator = defineAgent(revisionBaseline, prompt('implementation-evaluator'));
export const qualityChecker = defineAgent(qualityCheck, prompt('quality-checker'));
