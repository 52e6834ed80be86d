import { readdir } from 'node:fs/promises';
import type { PartId } from '../store.ts';
import type { Catalog } from './catalog.ts';
import { isRunId, runFolder, runsFolder } from './layout.ts';
import { readPart, type StoredPart } from './part-file.ts';
import { unlessMissing } from './quiet.ts';
import { sizeOf } from './remove.ts';

export interface Limits {
  olderThanMs: number | null;
  /** Of all runs' folders together. */
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
  let excess = moreThanBytes === null ? 0 : (await sizeOfAll(dataDir)) - moreThanBytes;
  for (const { id, beganAt } of await catalog.byAge(module)) {
    // What began later cannot have ended that long ago.
    const mayBeOld = olderThanMs !== null && beganAt < Date.now() - olderThanMs;
    if (!mayBeOld && excess <= 0) break;
    const stored = await readPart(dataDir, id);
    if (!stored?.part.settled) continue;
    const isOld = olderThanMs !== null && stored.part.changedAt < Date.now() - olderThanMs;
    if (!isOld && excess <= 0) continue;
    const folder = runFolder(dataDir, id.runId);
    const before = moreThanBytes === null ? 0 : await sizeOf(folder);
    await remove(id, stored);
    if (moreThanBytes !== null) excess -= before - (await sizeOf(folder));
  }
}

async function sizeOfAll(dataDir: string): Promise<number> {
  let bytes = 0;
  for (const runId of await unlessMissing(readdir(runsFolder(dataDir)), []))
    if (isRunId(runId)) bytes += await sizeOf(runFolder(dataDir, runId));
  return bytes;
}
