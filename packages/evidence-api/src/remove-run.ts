import { constants } from 'node:fs';
import { type FileHandle, open, readFile, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { NotFoundError, textOfBytes, traceFilesIn } from '@agento/evidence';
import { whyNot } from '@agento/files';
import { type Edit, withoutRun } from './without-run.ts';

/** Evidence cannot be removed; the message says why, and what to do. */
export class NotRemovedError extends Error {
  override name = 'NotRemovedError';
}

/** Without following symbolic links, which could lead anywhere. */
const changeOwn = constants.O_RDWR | constants.O_NOFOLLOW;

/**
 * Removes the traces of all attempts at a run from the trace files of a data folder, or of a folder of such files. Other
 * runs' spans stay. Rejects with a NotFoundError if none holds the run, and with a NotRemovedError.
 */
export async function removeRun(folder: string, id: string): Promise<void> {
  const runId = id.toLowerCase();
  const named = new RegExp(runId, 'i');
  let isFound = false;
  for (const file of traceFilesIn(folder)) {
    try {
      if (!named.test(textOfBytes(await readFile(file)))) continue;
      if (await removeFrom(file, runId)) isFound = true;
    } catch (error) {
      if (error instanceof NotRemovedError) throw error;
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'EISDIR') continue;
      throw new NotRemovedError(
        `The trace in ${file} cannot be removed: ${whyNot(error)}. Give the service the right to change it, or delete it yourself.`,
      );
    }
  }
  if (!isFound) throw new NotFoundError(`There is no trace of the run ${runId} in ${folder}.`);
}

/** False if the run is not in it. */
async function removeFrom(file: string, runId: string): Promise<boolean> {
  const handle = await open(file, changeOwn);
  try {
    const bytes = await wholeOf(handle);
    const removal = withoutRun(bytes, runId);
    if (removal === null) return false;
    if (removal.is === 'all' && removal.traces.includes(path.basename(file, '.jsonl')))
      return (await unlinkAsRead(file, handle, bytes.length)) || (await removeFrom(file, runId));
    if (removal.edits === null) {
      const rest =
        removal.is === 'all' ? 'it holds nothing else: delete it' : 'it holds other traces: edit it yourself';
      throw new NotRemovedError(`${file} is not one JSON object a line, and ${rest}.`);
    }
    // In place: a collector holds its file open, and what it appends to a file that was replaced would be lost.
    for (const edit of removal.edits) await writeOver(handle, edit);
    await handle.sync();
    return true;
  } finally {
    await handle.close();
  }
}

async function wholeOf(handle: FileHandle): Promise<Buffer> {
  const { size } = await handle.stat();
  const bytes = Buffer.alloc(size);
  let at = 0;
  while (at < size) {
    const { bytesRead } = await handle.read(bytes, at, size - at, at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return bytes.subarray(0, at);
}

async function writeOver(handle: FileHandle, { at, bytes }: Edit): Promise<void> {
  for (let done = 0; done < bytes.length; )
    done += (await handle.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
}

/**
 * Only the embedded receiver names a file by its trace; it opens it anew for every line. False if it has written another
 * one, perhaps of another run, since the file was read.
 */
async function unlinkAsRead(file: string, handle: FileHandle, size: number): Promise<boolean> {
  const [now, read] = [await stat(file), await handle.stat()];
  if (now.ino !== read.ino || now.size !== size) return false;
  await unlink(file);
  return true;
}
