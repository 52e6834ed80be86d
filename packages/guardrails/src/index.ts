export type { Answered } from './checks/check.ts';
export { answering } from './compile.ts';
export { guardrailsOfFile } from './file.ts';
export { PatternError } from './pattern/parse.ts';
export { compilePattern } from './pattern/search.ts';
export {
  GuardrailFileError,
  type Guardrails,
  guardrailsOf,
  type RailVerdict,
  readGuardrails,
  type StepGuardrails,
} from './read.ts';
export { Action, Check, Guardrail, GuardrailFile } from './schema.ts';
