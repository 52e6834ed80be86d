import type { PartId } from '../store.ts';
import { clearSettled } from './clear-settled.ts';
import { keyOf } from './layout.ts';
import { readPart } from './part-file.ts';
import type { Unsettled } from './unsettled.ts';

/** An entry whose part has not been written after so long is of a process that died in between, in milliseconds. */
const abandonedMs = 60_000;

/**
 * Unsettled parts that nobody alive executes, the oldest first; removes entries that stand for nothing. Those that are
 * `held` in this process are not looked at.
 */
export async function claimable(
  dataDir: string,
  unsettled: Unsettled,
  module: number,
  most: number,
  held: ReadonlyMap<string, unknown>,
): Promise<PartId[]> {
  const newest = new Map((await unsettled.all(module)).map((entry) => [keyOf(entry), entry]));
  const free: PartId[] = [];
  for (const entry of newest.values()) {
    if (free.length >= most) break;
    if (held.has(keyOf(entry)) || !(await unsettled.isFree(entry))) continue;
    const id = { runId: entry.runId, attempt: entry.attempt, module };
    const stored = await readPart(dataDir, id);
    if (stored && !stored.part.settled) free.push(id);
    else if (stored) await clearSettled(dataDir, unsettled, id);
    else if (Date.now() - entry.beganAt > abandonedMs) await unsettled.remove(entry);
  }
  return free;
}
