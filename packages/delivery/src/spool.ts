import {
  constants,
  lstatSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { endOwner, isAbandoned, makeFolderSync, newOwner } from '@agento/files';
import { largestRequestBytes } from './limits.ts';

/** How often an owner touches its folder, and after how long without it counts as dead, in milliseconds. */
export const heartbeatMs = 5_000;
const staleMs = 6 * heartbeatMs;

/** One serialized request on disk. */
export interface SpoolFile {
  path: string;
  spans: number;
  size: number;
}

const pattern = /^(\d{1,12})-(\d{1,6})\.otlp$/;

/**
 * The folder where requests wait: `{root}/{owner}/{sequence}-{spans}.otlp`. Each process writes to a folder of its own
 * and takes over those of dead processes by renaming them, which only one can do. Files are written atomically and
 * durably: once `write` returns, a kill cannot lose them.
 */
export class Spool {
  readonly #root: string;
  readonly #owner = newOwner();
  readonly #folders = new Set<string>();
  #taken = 0;

  constructor(root: string) {
    this.#root = root;
  }

  /** Throws if the disk is full or the folder cannot be written. */
  write(sequence: number, spans: number, bytes: Uint8Array): SpoolFile {
    const folder = join(this.#root, this.#owner);
    makeFolderSync(folder);
    this.#folders.add(folder);
    const path = join(folder, `${String(sequence).padStart(8, '0')}-${spans}.otlp`);
    const unfinished = `${path}.tmp`;
    try {
      writeFileSync(unfinished, bytes, { mode: 0o600 });
      renameSync(unfinished, path);
    } catch (error) {
      quietly(() => rmSync(unfinished, { force: true }));
      throw error;
    }
    return { path, spans, size: bytes.length };
  }

  /** Does not follow a link that has replaced the file. */
  read(file: SpoolFile): Promise<Buffer> {
    return readFile(file.path, { flag: constants.O_RDONLY | constants.O_NOFOLLOW });
  }

  remove(file: SpoolFile): void {
    quietly(() => rmSync(file.path, { force: true }));
  }

  /** Takes over the folders of dead processes: their files, oldest first, one list per folder. */
  adopt(): SpoolFile[][] {
    const adopted: SpoolFile[][] = [];
    for (const { name } of this.#abandoned()) {
      const folder = join(this.#root, `${this.#owner}.${this.#taken++}`);
      quietly(() => {
        renameSync(join(this.#root, name), folder);
        this.#folders.add(folder);
        adopted.push(listFiles(folder));
      });
    }
    return adopted.filter((files) => files.length > 0);
  }

  #abandoned(): { name: string; modifiedAt: number }[] {
    const found: { name: string; modifiedAt: number }[] = [];
    quietly(() => {
      for (const entry of readdirSync(this.#root, { withFileTypes: true })) {
        quietly(() => {
          const modifiedAt = statSync(join(this.#root, entry.name)).mtimeMs;
          if (entry.isDirectory() && isAbandoned(entry.name, modifiedAt, staleMs))
            found.push({ name: entry.name, modifiedAt });
        });
      }
    });
    return found.sort((one, other) => one.modifiedAt - other.modifiedAt);
  }

  /** Marks this process as alive, and removes folders it has emptied. */
  touch(): void {
    const now = new Date();
    for (const folder of this.#folders) {
      if (!removeIfEmpty(folder)) quietly(() => utimesSync(folder, now, now));
      else this.#folders.delete(folder);
    }
  }

  /** Releases the folders: what is still in them is for the next process. */
  close(): void {
    for (const folder of this.#folders) removeIfEmpty(folder);
    endOwner(this.#owner);
  }
}

/** The requests in a folder, oldest first. Other files, including links and anything too large, are removed. */
function listFiles(folder: string): SpoolFile[] {
  const files: (SpoolFile & { sequence: number })[] = [];
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const parts = pattern.exec(name);
    quietly(() => {
      const status = lstatSync(path);
      if (!parts || !status.isFile() || status.size > largestRequestBytes) rmSync(path, { force: true });
      else files.push({ path, sequence: Number(parts[1]), spans: Number(parts[2]), size: status.size });
    });
  }
  return files.sort((one, other) => one.sequence - other.sequence);
}

/** Whether the folder is gone; a folder with files stays. */
function removeIfEmpty(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

/** Housekeeping that may fail: another process was faster, or the disk is gone, which a write will report. */
function quietly(work: () => void): void {
  try {
    work();
  } catch {}
}
