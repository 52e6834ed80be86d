import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves when the condition holds; a test's own limit ends it otherwise. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(20);
}
