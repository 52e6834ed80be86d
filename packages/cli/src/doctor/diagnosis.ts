/** What one check found. `remedy` says what to do where it is not `ok`. */
export interface Diagnosis {
  ok: boolean;
  found: string;
  remedy?: string;
}

/** Milliseconds until a server counts as not answering. */
export const patience = 10_000;

/** `ECONNREFUSED`, `no answer within 10 s`: why nobody answered, from what fetch throws. */
export function reasonOf(error: unknown): string {
  const { name, message, cause } = error as Error;
  if (name === 'TimeoutError') return `no answer within ${patience / 1000} s`;
  if (!(cause instanceof Error)) return message;
  return (cause as NodeJS.ErrnoException).code || cause.message;
}
