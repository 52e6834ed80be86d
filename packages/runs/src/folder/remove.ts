import { readdir, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { PartId } from '../store.ts';
import { knownParts } from './known-parts.ts';
import { attemptFolder, journalFolder, partPath, runFolder, streamPath, streams } from './layout.ts';
import type { StoredPart } from './part-file.ts';
import { unlessMissing } from './quiet.ts';

/** Deletes a part and the files it wrote; and its attempt's or run's folder, when no other part is in it. */
export async function removePart(dataDir: string, id: PartId, { files }: StoredPart): Promise<void> {
  const folder = attemptFolder(dataDir, id);
  const mark = join(runFolder(dataDir, id.runId), `.begun-${id.attempt}-module${id.module}`);
  const doomed = [
    ...streams.map((stream) => streamPath(dataDir, id, stream)),
    ...files.map((name) => join(folder, name)),
    ...[`module${id.module}_output.json`].map((name) => join(folder, name)),
    mark,
    // The last, so that a deletion that was interrupted is not forgotten.
    partPath(dataDir, id),
  ];
  for (const path of doomed) await unlessMissing(rm(path, { force: true }), undefined);
  await rmdir(journalFolder(dataDir, id)).catch(() => {});
  const left = await knownParts(dataDir, id.runId);
  if (left.length === 0) await rm(runFolder(dataDir, id.runId), { recursive: true, force: true });
  else if (id.attempt > 1 && !left.some(({ attempt }) => attempt === id.attempt))
    await rm(folder, { recursive: true, force: true });
}

/** Bytes of the files in a run's folder. */
export async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await unlessMissing(readdir(folder, { withFileTypes: true }), [])) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += await sizeOf(path);
    else if (entry.isFile()) bytes += (await unlessMissing(stat(path), null))?.size ?? 0;
  }
  return bytes;
}
