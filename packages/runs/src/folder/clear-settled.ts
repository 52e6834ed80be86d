import type { PartId } from '../store.ts';
import { readPart } from './part-file.ts';
import { entryOf, type Unsettled } from './unsettled.ts';

/** Removes a settled part's entries, except those somebody alive has; puts one back if it was reopened meanwhile. */
export async function clearSettled(dataDir: string, unsettled: Unsettled, id: PartId): Promise<void> {
  for (const entry of await unsettled.of(id))
    if (await unsettled.isFree(entry)) await unsettled.remove(entry);
  const now = await readPart(dataDir, id);
  // Without an entry nobody would ever execute it.
  if (now && !now.part.settled) await unsettled.create(entryOf(now.part, now.part.executions));
}
