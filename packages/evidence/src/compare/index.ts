export type { CriterionChange, Fate } from './criteria.ts';
export type { DecisionChange, Followed } from './decisions.ts';
export type { PromptChange } from './prompts.ts';
export { runComparisonPage } from './run-page.ts';
export { type ComparedRun, compareRuns, type RunComparison } from './runs.ts';
export type { How, StepChange } from './steps.ts';
export type { TextChange } from './texts.ts';
export type { VerdictChange } from './verdicts.ts';
export type { Stretch } from './word-diff.ts';
