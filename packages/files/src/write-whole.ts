import { randomUUID } from 'node:crypto';
import { chmod, link, open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from './folder.ts';

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

/**
 * Creates a file with its content in one step; false if there is one. Of concurrent callers in any process, one makes
 * it. Mode 0600, folders 0700. It survives the death of the process, not of the machine: it is not synced. Throws the
 * file system's error; no partial file remains.
 */
export async function createWhole(directory: string, name: string, content: string): Promise<boolean> {
  const unfinished = join(directory, `.${name}.${randomUUID()}`);
  const write = () => writeFile(unfinished, content, { flag: 'wx', mode: 0o600 });
  try {
    await write().catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      await makeFolder(directory);
      await write();
    });
    return await link(unfinished, join(directory, name)).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') return false;
        throw error;
      },
    );
  } finally {
    await rm(unfinished, { force: true }).catch(() => {});
  }
}
