import { Batch } from './batch.ts';
import type { Changes } from './changes.ts';
import type { Connection } from './open-database.ts';
import { readFiles } from './readers.ts';

export interface Progress {
  files: number;
  files_done: number;
  bytes: number;
  bytes_done: number;
}

/** Rows after which they are written down: what a kill can cost. */
const batchRows = 80_000;

/**
 * Brings the tables up to the disk. Files are replaced whole, some hundred in a transaction: killed at any moment, the
 * tables hold each file as it was or as it is. An interruption ends it after the files at hand.
 */
export async function indexFiles(
  connection: Connection,
  { read, gone, nextId }: Changes,
  {
    scratch,
    onProgress,
    interrupted,
  }: { scratch: string; onProgress: (progress: Progress) => void; interrupted: AbortSignal },
): Promise<void> {
  const before = new Map(read.map(({ file, before }) => [file.path, before]));
  const files = read.map(({ file }) => file);
  const progress = {
    files: files.length,
    files_done: 0,
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    bytes_done: 0,
  };
  const replaced = new Set([...gone, ...read.flatMap(({ before }) => before ?? [])]);
  const batch = await Batch.begin(connection, nextId, replaced);
  try {
    batch.replaces(gone);
    for await (const { file, part } of readFiles(files, scratch)) {
      await batch.add(file, part);
      if (!part.isLast) continue;
      const id = before.get(file.path) ?? null;
      if (id !== null) batch.replaces([id]);
      progress.files_done += 1;
      progress.bytes_done += file.size;
      onProgress(progress);
      if (interrupted.aborted && batch.isWhole) break;
      if (batch.rows >= batchRows && batch.isWhole) await batch.commitAndGoOn();
    }
    await batch.commit();
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => {});
    throw error;
  }
  interrupted.throwIfAborted();
}
