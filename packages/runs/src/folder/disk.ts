import { randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '@agento/files';

/** Bytes written to check for room: a little, or after a failure as much as a run's files may need. */
const [little, much] = [4 * 1024, 4 * 1024 * 1024];

/**
 * Says why the folder cannot be written, by writing to it; null if it can. After a failure it checks for room for a run's
 * files. Concurrent callers share one check.
 */
export function watchDisk(folder: string): (afterFailure: boolean) => Promise<string | null> {
  let asked: Promise<string | null> | null = null;
  return (afterFailure) => {
    asked ??= tryWriting(folder, afterFailure ? much : little).finally(() => {
      asked = null;
    });
    return asked;
  };
}

async function tryWriting(folder: string, bytes: number): Promise<string | null> {
  const path = join(folder, `.probe.${randomUUID()}`);
  try {
    await makeFolder(folder);
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(Buffer.alloc(bytes));
    } finally {
      await file.close();
      await rm(path, { force: true });
    }
    return null;
  } catch (error) {
    return (error as Error).message.slice(0, 300);
  }
}
