import { defineAgent } from '@agento/agent';
import { ApprovalAnswer, AssessmentAnswer, RevisionRequestAnswer } from '@agento/contracts';

const prompt = (name: string) => new URL(`../prompts/${name}.md`, import.meta.url);

export const criteriaAssessor = defineAgent({
  step: 'deficiency_analysis',
  prompt: prompt('criteria-assessor'),
  answer: AssessmentAnswer,
});
export const revisionRequester = defineAgent({
  step: 'revision_generation',
  prompt: prompt('revision-requester'),
  answer: RevisionRequestAnswer,
});
export const revisionEvaluator = defineAgent({
  step: 'revision_validation',
  prompt: prompt('revision-evaluator'),
  answer: ApprovalAnswer,
});
