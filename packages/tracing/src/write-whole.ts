import { randomUUID } from 'node:crypto';
import { chmod, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '@agento/files';

/**
 * Writes a file atomically: to a temporary file first, on disk before it is renamed. Mode 0600, folders 0700. Throws
 * the file system's error (ENOSPC, EACCES); no partial file remains.
 */
export async function writeWhole(directory: string, name: string, content: string): Promise<void> {
  await chmod(directory, 0o700).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return makeFolder(directory);
  });
  const unfinished = join(directory, `.${name}.${randomUUID()}`);
  try {
    const file = await open(unfinished, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(unfinished, join(directory, name));
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
