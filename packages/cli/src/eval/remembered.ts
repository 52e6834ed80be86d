import { createHash, randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Suite } from '@agento/evidence/eval';
import { writeWhole } from '@agento/files';

/** What makes an eval that was killed the same one when it is started again: the keys of its runs begin with `id`. */
export interface Remembered {
  id: string;
  /** Milliseconds since 1970. */
  began_ms: number;
  /** Whether an earlier process began it. */
  goesOn: boolean;
  /** To be called when it has ended: the next is another one. */
  forget(): Promise<void>;
}

/** For so long, in milliseconds, a service knows a key again; an hour less than that, for the runs to begin. */
const lifetime = 23 * 3_600_000;

/**
 * Notes down that the eval begins, or finds that it was begun.
 *
 * @param made what its runs are made with besides the suite: another address or other prompts make it another eval
 */
export async function rememberEval(
  dataDir: string,
  suite: Suite,
  { made, isFresh }: { made: string[]; isFresh: boolean },
): Promise<Remembered> {
  const hash = createHash('sha256')
    .update(JSON.stringify([suite, made]))
    .digest('hex')
    .slice(0, 12);
  const folder = path.join(dataDir, 'evals');
  const name = `${suite.suite}-${hash}.json`;
  const file = path.join(folder, name);
  const forget = () => rm(file, { force: true });
  const known = isFresh ? null : await readNote(file);
  if (known !== null && Date.now() - known.began_ms < lifetime) return { ...known, goesOn: true, forget };
  const note = { id: randomUUID(), began_ms: Date.now() };
  await writeWhole(folder, name, `${JSON.stringify(note)}\n`);
  return { ...note, goesOn: false, forget };
}

async function readNote(file: string): Promise<{ id: string; began_ms: number } | null> {
  try {
    const note = JSON.parse(await readFile(file, 'utf8')) as { id?: unknown; began_ms?: unknown };
    const { id, began_ms } = note;
    return typeof id === 'string' && typeof began_ms === 'number' ? { id, began_ms } : null;
  } catch {
    return null;
  }
}
