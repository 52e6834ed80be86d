import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createWhole } from '@agento/files';
import type { Part, PartId, PartStart, PartState } from '../store.ts';
import { attemptFolder, journalFolder, partName, partPath, runFolder } from './layout.ts';
import { readLines } from './lines.ts';
import { unlessMissing } from './quiet.ts';

/** What a line of a part's file may say, after the first one, which says how it began. */
export interface PartChange {
  /** The execution that wrote it; without it, somebody who needs no lease. */
  x?: number;
  /** When, in milliseconds since 1970. */
  at: number;
  state?: PartState;
  notes?: Record<string, unknown>;
  settled?: boolean;
  /** It is executed again, although it had ended. */
  reopened?: true;
  /** A file that is about to be written. */
  file?: string;
}

/** A part, and what only the driver knows of it. */
export interface StoredPart {
  part: Part;
  /** Names of the files it wrote. */
  files: string[];
  /** It was reopened, and no execution has begun since. */
  reopened: boolean;
  /** Of a version that kept no journal: there is nothing to go on with. */
  older?: true;
}

/** The part as its file says; null if there is none. */
export async function readPart(dataDir: string, id: PartId): Promise<StoredPart | null> {
  const [first, ...changes] = await readLines(partPath(dataDir, id));
  if (!first?.start) return olderPart(dataDir, id);
  const { start, at } = first as unknown as { start: PartStart; at: number };
  const stored: StoredPart = {
    part: {
      ...start,
      state: 'queued',
      beganAt: at,
      changedAt: at,
      executions: 0,
      settled: false,
      notes: {},
    },
    files: [],
    reopened: false,
  };
  for (const change of changes as unknown as PartChange[]) apply(stored, change);
  return stored;
}

function apply(stored: StoredPart, change: PartChange): void {
  const { part } = stored;
  if (change.file !== undefined) {
    if (!stored.files.includes(change.file)) stored.files.push(change.file);
    return;
  }
  if (change.reopened) {
    stored.reopened = true;
    // What it failed with before.
    delete part.notes.problem;
  }
  if (change.x !== undefined && change.x > part.executions) {
    part.executions = change.x;
    stored.reopened = false;
  }
  part.changedAt = change.at;
  part.state = change.state ?? part.state;
  // Of the execution before, which came to its end while the part was reopened.
  const isOfBefore = change.settled === true && stored.reopened;
  if (!isOfBefore) part.settled = change.settled ?? part.settled;
  Object.assign(part.notes, change.notes);
}

/** Creates the part's file; false if there is one. */
export async function createPart(dataDir: string, start: PartStart, at: number): Promise<boolean> {
  const line = `${JSON.stringify({ start, at })}\n`;
  const create = () => createWhole(journalFolder(dataDir, start), partName(start.module), line);
  if (await create()) return true;
  if (await readPart(dataDir, start)) return false;
  // Its machine died while it began: there is nothing in it.
  await rm(partPath(dataDir, start), { force: true });
  return create();
}

/** A part of a version that kept no journal: it left its output, or a mark that it had begun. It is settled. */
async function olderPart(dataDir: string, id: PartId): Promise<StoredPart | null> {
  const output = `module${id.module}_output.json`;
  const mark = join(runFolder(dataDir, id.runId), `.begun-${id.attempt}-module${id.module}`);
  const [made, begun] = await Promise.all([
    unlessMissing(stat(join(attemptFolder(dataDir, id), output)), null),
    unlessMissing(stat(mark), null),
  ]);
  const first = begun ?? made;
  if (!first) return null;
  const part: Part = {
    ...{ runId: id.runId, attempt: id.attempt, module: id.module },
    ...{ input: {}, origin: {}, notes: {} },
    state: made ? 'finished' : 'failed',
    beganAt: Math.round(first.mtimeMs),
    changedAt: Math.round((made ?? first).mtimeMs),
    executions: 1,
    settled: true,
  };
  return { part, files: made ? [output] : [], reopened: false, older: true };
}
