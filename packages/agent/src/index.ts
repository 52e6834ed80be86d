export { type Agent, defineAgent } from './agent.ts';
export { ask, type Question } from './ask.ts';
export { type Budget, createBudget } from './budget.ts';
export { loadPrices, type Prices } from './cost.ts';
export {
  Cancelled,
  cancelled,
  type FailedStep,
  StepError,
  type StepErrorCode,
  throwIfCancelled,
} from './errors.ts';
export { type Lost, orElse } from './given-up.ts';
export { constraintLinks, groundOf } from './ground.ts';
export { createMemoryJournal, type Journal, type RecordedCall } from './journal.ts';
export { createLedger, type Ledger } from './ledger.ts';
export { createModelClient, type ModelCall, type ModelClient, type ModelLoad } from './model-client.ts';
export { type CallSettings, type ModelSettings, readModelSettings } from './model-settings.ts';
export { assemblePrompt, loadPrompt, type Prompt, readPrompt, renderInput } from './prompt.ts';
export { toReplayed } from './replayed-answer.ts';
export { type Run, type StepChange, sideBySide, together } from './run.ts';
export { type LinkTo, linkTo, type Step, type StepStart, step } from './step.ts';
