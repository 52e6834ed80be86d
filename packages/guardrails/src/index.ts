export type { Answered } from './checks/check.ts';
export { answering } from './compile.ts';
export {
  CritiqueAnswer,
  CritiqueInput,
  critiqueStep,
  Proposal,
  ProposedCheck,
} from './critique-step.ts';
export { guardrailsOfFile } from './file.ts';
export { placesIn } from './path.ts';
export { compilePattern, PatternError } from './pattern.ts';
export { fileOf, proposalFaults } from './proposals.ts';
export {
  GuardrailFileError,
  type Guardrails,
  guardrailsOf,
  type RailVerdict,
  readGuardrails,
  type StepGuardrails,
} from './read.ts';
export { Action, Check, Guardrail, GuardrailFile } from './schema.ts';
