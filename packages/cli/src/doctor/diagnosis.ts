/** What one check found. `remedy` says what to do where it is not `ok`. */
export interface Diagnosis {
  ok: boolean;
  found: string;
  remedy?: string;
}

/** Milliseconds until a request counts as unanswered. */
export const answerTimeout = 10_000;

/** `ECONNREFUSED`, `no answer within 10 s`: why there was no answer, from fetch's error. */
export function reasonOf(error: unknown): string {
  const { name, message, cause } = error as Error;
  if (name === 'TimeoutError') return `no answer within ${answerTimeout / 1000} s`;
  if (!(cause instanceof Error)) return message;
  return (cause as NodeJS.ErrnoException).code || cause.message;
}
