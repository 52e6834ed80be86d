let hasWarned = false;

/** Does the work; what goes wrong in it is a warning of the process, once, and never reaches the run that it observes. */
export function harmless(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (hasWarned) return;
    hasWarned = true;
    const name = error instanceof Error ? error.name : typeof error;
    process.emitWarning(`Something that a framework told of its work could not be recorded (${name})`, {
      code: 'AGENTO_TRACING',
    });
  }
}
