import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { type AttemptId, attemptFolder, isPlainName } from './layout.ts';

/** A file of an attempt; null if there is none, or a link, a pipe or the like on the way. */
export async function readOwn(dataDir: string, id: AttemptId, name: string): Promise<Uint8Array | null> {
  if (!isPlainName(name)) return null;
  const path = join(attemptFolder(await realpath(dataDir).catch(() => dataDir), id), name);
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const isOwn = (await realpath(path)) === path && (await file.stat()).isFile();
      return isOwn ? await file.readFile() : null;
    } finally {
      await file.close();
    }
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'].includes(code)) return null;
    throw error;
  }
}
