import { cut, type Finding, type Problem } from '@agento/contracts';

/** Most characters of a problem's or an error's text, of another of its fields, and of a finding's. */
const [longText, shortText, findingText] = [2_000, 256, 300];
const mostFindings = 16;

/** The problem with all texts truncated, whoever wrote it: a few kB in all. */
export function bounded(given: Problem): Problem {
  const texts = Object.entries(given).map(([field, value]) => [
    field,
    typeof value === 'string' ? cut(value, field === 'detail' ? longText : shortText) : value,
  ]);
  const problem = Object.fromEntries(texts) as Problem;
  return given.errors ? { ...problem, errors: boundedFindings(given.errors) } : problem;
}

/** The first findings, each truncated. */
export function boundedFindings(findings: Finding[]): Finding[] {
  return findings
    .slice(0, mostFindings)
    .map(({ pointer, detail }) => ({ pointer: cut(pointer, findingText), detail: cut(detail, findingText) }));
}

/** An error in a log line. */
export interface ErrorFields {
  type: string;
  code?: string;
  message: string;
  stack: string;
  cause?: ErrorFields;
  [other: string]: unknown;
}

/** What a log line says of an error and of what caused it, a few kB in all. */
export function errorFields(error: unknown, depth = 3): ErrorFields {
  if (!(error instanceof Error))
    return { type: typeof error, message: cut(String(error), longText), stack: '' };
  const { code, stack = '', cause } = error as NodeJS.ErrnoException;
  return {
    type: cut(error.name, shortText),
    ...(typeof code === 'string' && { code: cut(code, shortText) }),
    message: cut(error.message, longText),
    // The stack begins with the message, which may be long.
    stack: cut(stack.slice(stack.indexOf('\n    at ') + 1), longText),
    ...(cause !== undefined && depth > 0 && { cause: errorFields(cause, depth - 1) }),
  };
}
