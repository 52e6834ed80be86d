/**
 * A controller that is aborted with the signal, until `unlink` is called. `AbortSignal.any` and
 * `AbortSignal.timeout` would do the same, but keep what waits on them in memory until the time is over.
 */
export function linkedController(signal: AbortSignal): { controller: AbortController; unlink(): void } {
  const controller = new AbortController();
  const follow = () => controller.abort(signal.reason);
  if (signal.aborted) follow();
  else signal.addEventListener('abort', follow, { once: true });
  return { controller, unlink: () => signal.removeEventListener('abort', follow) };
}
