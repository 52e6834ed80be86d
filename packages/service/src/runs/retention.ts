import type { Service } from '../service.ts';

/** How often it is looked for runs that are not to be kept any longer, in milliseconds. */
const everyMs = 10 * 60 * 1_000;

/** Deletes old runs as the settings say, now and then; gives the function that ends it. */
export function keepRetention({ store, module, settings, log }: Service): () => void {
  const { olderThanMs, moreThanBytes } = settings.retention;
  if (olderThanMs === null && moreThanBytes === null) return () => {};
  const sweep = async () => {
    try {
      const runs = await store.sweep(module.info.number, settings.retention);
      if (runs > 0) log.info({ runs }, 'old runs were deleted');
    } catch (error) {
      log.warn({ err: error }, 'old runs could not be deleted');
    }
  };
  void sweep();
  const timer = setInterval(() => void sweep(), everyMs).unref();
  return () => clearInterval(timer);
}
