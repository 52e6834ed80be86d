import type { PartId } from '../store.ts';
import type { Catalog } from './catalog.ts';
import { readPart, type StoredPart } from './part-file.ts';
import { sizeOf } from './remove.ts';

export interface Limits {
  olderThanMs: number | null;
  /** Of the module's parts together. */
  moreThanBytes: number | null;
}

/** Deletes a module's oldest settled parts as the limits say. */
export async function sweep(
  dataDir: string,
  catalog: Catalog,
  module: number,
  { olderThanMs, moreThanBytes }: Limits,
  remove: (id: PartId, stored: StoredPart) => Promise<void>,
): Promise<void> {
  let excess = moreThanBytes === null ? 0 : (await sizeOfAll(dataDir, catalog, module)) - moreThanBytes;
  for (const { id, beganAt } of await catalog.byAge(module)) {
    // What began later cannot have ended that long ago.
    const mayBeOld = olderThanMs !== null && beganAt < Date.now() - olderThanMs;
    if (!mayBeOld && excess <= 0) break;
    const stored = await readPart(dataDir, id);
    if (!stored?.part.settled || stored.part.state === 'waiting_for_review') continue;
    const isOld = olderThanMs !== null && stored.part.changedAt < Date.now() - olderThanMs;
    if (!isOld && excess <= 0) continue;
    if (moreThanBytes !== null) excess -= await sizeOf(dataDir, id, stored);
    await remove(id, stored);
  }
}

async function sizeOfAll(dataDir: string, catalog: Catalog, module: number): Promise<number> {
  let bytes = 0;
  for (const { id } of await catalog.byAge(module)) {
    const stored = await readPart(dataDir, id);
    if (stored) bytes += await sizeOf(dataDir, id, stored);
  }
  return bytes;
}
