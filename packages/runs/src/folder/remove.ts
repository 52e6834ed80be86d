import { lstat, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { PartId } from '../store.ts';
import { knownParts } from './known-parts.ts';
import { attemptFolder, journalFolder, partPath, runFolder, streamPath, streams } from './layout.ts';
import type { StoredPart } from './part-file.ts';
import { unlessMissing } from './quiet.ts';

/** Deletes a part and the files it wrote; and its attempt's or run's folder, when no other part is in it. */
export async function removePart(dataDir: string, id: PartId, stored: StoredPart): Promise<void> {
  const folder = attemptFolder(dataDir, id);
  for (const path of pathsOf(dataDir, id, stored)) await unlessMissing(rm(path, { force: true }), undefined);
  await rmdir(journalFolder(dataDir, id)).catch(() => {});
  const left = await knownParts(dataDir, id.runId);
  if (left.length === 0) await rm(runFolder(dataDir, id.runId), { recursive: true, force: true });
  else if (id.attempt > 1 && !left.some(({ attempt }) => attempt === id.attempt))
    await rm(folder, { recursive: true, force: true });
}

/** Bytes of what a part left. */
export async function sizeOf(dataDir: string, id: PartId, stored: StoredPart): Promise<number> {
  let bytes = 0;
  for (const path of pathsOf(dataDir, id, stored))
    bytes += (await unlessMissing(lstat(path), null))?.size ?? 0;
  return bytes;
}

/** Where a part's files may be, its own the last, so that a deletion that was interrupted is not forgotten. */
function pathsOf(dataDir: string, id: PartId, { files }: StoredPart): string[] {
  const names = new Set([...files, `module${id.module}_output.json`]);
  return [
    ...streams.map((stream) => streamPath(dataDir, id, stream)),
    ...[...names].map((name) => join(attemptFolder(dataDir, id), name)),
    join(runFolder(dataDir, id.runId), `.begun-${id.attempt}-module${id.module}`),
    partPath(dataDir, id),
  ];
}
