/** Errors of the network, of a server that stops or starts, or of one that has no room: the next try may succeed. */
const passing = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
  '25006', // read-only: a standby that is about to take over
  '40001', // serialization failure
  '40P01', // deadlock
  '53100', // disk full
  '53200', // out of memory
  '53300', // too many connections
  '55P03', // lock not available
  '57014', // statement timeout
  '57P01', // stopped by an administrator
  '57P02', // crashed
  '57P03', // starts up
  '57P05', // idle too long
]);

/** How `pg` words a lost connection, for which it has no code. */
const worded = /connection terminated|timeout|not queryable|connection error/i;

/** Whether the database could not be reached or is not ready, so that trying again makes sense. */
export function unreachable(error: unknown): boolean {
  const { code, message, errors } = error as { code?: string; message?: string; errors?: unknown[] };
  // A host name with several addresses: the error of each.
  if (errors && errors.length > 0) return errors.some(unreachable);
  if (code) return passing.has(code) || code.startsWith('08');
  return worded.test(message ?? '');
}
