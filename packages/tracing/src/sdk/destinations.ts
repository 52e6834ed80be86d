import type { DeliveryLog } from '@agento/delivery';

/** How many send to each address, in all copies of this library in the process. */
const key = Symbol.for('@agento/tracing: destinations');
const shared = globalThis as { [key]?: Map<string, number> };

/**
 * Notes that spans of this process are sent there, and warns if they are already. Returns a function that ends it.
 *
 * @param endpoint without credentials
 */
export function enterDestination(endpoint: string, log: DeliveryLog): () => void {
  shared[key] ??= new Map();
  const destinations = shared[key];
  const before = destinations.get(endpoint) ?? 0;
  destinations.set(endpoint, before + 1);
  if (before > 0)
    log.warn(
      { endpoint },
      'Two exporters send to one collector, where each span would arrive twice: remove one of them',
    );
  let left = false;
  return () => {
    if (left) return;
    left = true;
    destinations.set(endpoint, (destinations.get(endpoint) ?? 1) - 1);
  };
}

/** Whether spans of this process are sent there already. */
export function isDestination(endpoint: string): boolean {
  return (shared[key]?.get(endpoint) ?? 0) > 0;
}
