import { errorType } from './span.ts';

let hasWarned = false;

/** Records something; what goes wrong in it is a warning of the process, once, and never reaches the agent that is observed. */
export function harmless(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (hasWarned) return;
    hasWarned = true;
    process.emitWarning(`Something that was to be recorded could not be (${errorType(error)})`, {
      code: 'AGENTO_TRACING',
    });
  }
}
