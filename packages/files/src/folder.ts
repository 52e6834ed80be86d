import { mkdirSync, statSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Accessible to its owner only. */
const mode = 0o700;

/**
 * Creates the folder and its missing parents, one level at a time and with mode 0700; existing ones stay as they are.
 * Throws the file system's error, and ENOTSUP if the parent exists but cannot hold folders (`/proc`, some mounts).
 * Not `mkdir` with `recursive`: in such a place Node 24 retries forever, inside one call that no signal ends.
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await makeOne(folder);
  } catch (error) {
    await makeFolder(parentToMake(folder, error));
    await makeOne(folder).catch((again) => {
      throw refusal(folder, again);
    });
  }
}

/** The same, synchronously. */
export function makeFolderSync(folder: string): void {
  try {
    makeOneSync(folder);
  } catch (error) {
    makeFolderSync(parentToMake(folder, error));
    try {
      makeOneSync(folder);
    } catch (again) {
      throw refusal(folder, again);
    }
  }
}

/** The folder's parent if it may be missing; otherwise throws the error. */
function parentToMake(folder: string, error: unknown): string {
  const parent = dirname(folder);
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === folder) throw error;
  return parent;
}

/** The error for a folder that cannot be created although its parent exists. */
function refusal(folder: string, error: unknown): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return error;
  const message = `${dirname(folder)} cannot hold folders`;
  return Object.assign(new Error(message, { cause: error }), { code: 'ENOTSUP', path: folder });
}

/** An existing folder counts as created, whatever error the system reports. */
async function makeOne(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode });
  } catch (error) {
    const found = await stat(folder).catch(() => null);
    if (!found?.isDirectory()) throw error;
  }
}

function makeOneSync(folder: string): void {
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    if (!isFolder(folder)) throw error;
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
