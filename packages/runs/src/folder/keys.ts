import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createWhole } from '@agento/files';
import type { KeyClaim, PartId } from '../store.ts';
import { keyOf } from './layout.ts';
import { unlessMissing } from './quiet.ts';

/** A lock this old was left by a process that died, in milliseconds. */
const staleMs = 10_000;

/** Gives the claim that holds. Of concurrent ones in any process, one does; one that is over is replaced. */
export async function claimKey(folder: string, claim: KeyClaim): Promise<KeyClaim> {
  if (!/^[0-9a-f]{64}$/.test(claim.key)) throw new Error('A key must be a SHA-256 in hex');
  const name = `${claim.key}.json`;
  for (;;) {
    if (await createWhole(folder, name, JSON.stringify(claim))) return claim;
    const holds = await read(join(folder, name));
    if (holds === 'missing') continue;
    if (holds && !isOver(holds)) return holds;
    await removeIf(folder, name, isOver);
  }
}

/** Removes the claims that are over, and those of parts that were deleted. */
export async function removeKeys(folder: string, deleted: readonly PartId[]): Promise<void> {
  const gone = new Set(deleted.map(keyOf));
  const isUseless = (claim: KeyClaim | null) =>
    isOver(claim) || (claim !== null && gone.has(keyOf(claim.part)));
  for (const name of await unlessMissing(readdir(folder), [])) {
    if (!/^[0-9a-f]{64}\.json$/.test(name)) continue;
    const claim = await read(join(folder, name));
    if (claim !== 'missing' && isUseless(claim)) await removeIf(folder, name, isUseless);
  }
}

function isOver(claim: KeyClaim | null): boolean {
  return !claim || claim.until <= Date.now();
}

/** Removes a claim if it is useless, under a lock: nobody must remove the one that has replaced it. */
async function removeIf(
  folder: string,
  name: string,
  isUseless: (claim: KeyClaim | null) => boolean,
): Promise<void> {
  const lock = join(folder, `.${name}.lock`);
  const isMine = await writeFile(lock, '', { flag: 'wx', mode: 0o600 }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
  if (!isMine) return waitFor(lock);
  try {
    const claim = await read(join(folder, name));
    // Where there is none another may be created now, which must not be taken for the one that was over.
    if (claim !== 'missing' && isUseless(claim)) await rm(join(folder, name), { force: true });
  } finally {
    await rm(lock, { force: true });
  }
}

async function waitFor(lock: string): Promise<void> {
  const found = await unlessMissing(stat(lock), null);
  if (!found) return;
  if (Date.now() - found.mtimeMs < staleMs) {
    await setTimeout(5);
    return;
  }
  // Only one can move it away.
  const aside = `${lock}.${process.pid}`;
  await unlessMissing(rename(lock, aside), undefined);
  await rm(aside, { force: true });
}

/** Null if its machine died while it was written. */
async function read(path: string): Promise<KeyClaim | null | 'missing'> {
  const text = await unlessMissing(readFile(path, 'utf8'), null);
  if (text === null) return 'missing';
  try {
    return JSON.parse(text) as KeyClaim;
  } catch {
    return null;
  }
}
