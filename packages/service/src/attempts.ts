import { access, mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chain, mostAttempts, wholeNumber } from '@agento/contracts';
import { makeFolder } from '@agento/files';
import { outputName, runDirectory } from './files.ts';
import { badInput, ProblemError, problem } from './problem.ts';

/** A run as one module is about to take it. */
export interface Entry {
  dataDir: string;
  runId: string;
  /** Number of the module. */
  module: number;
}

/** The attempt a run is in. */
export interface Attempt {
  /** From 1. */
  number: number;
  /** Claims the attempt's files for this module; throws if it cannot. */
  claimFiles(): Promise<void>;
}

/**
 * Accepts a run: a goal, a hand-over from the previous module (`handed`: its attempt), or a posted output (`madeIn`: the
 * attempt that produced it). Throws a conflict if that would repeat work. A disk that cannot be written does not prevent
 * the run: the files are then claimed when they are written.
 */
export async function takeAttempt(entry: Entry, handed: number | null, madeIn: number): Promise<Attempt> {
  try {
    let number: number;
    if (entry.module === 1) number = await beginRun(entry);
    else if (handed !== null) number = await beginHandedOn(entry, handed);
    else number = await beginFedIn(entry, madeIn);
    return { number, claimFiles: async () => {} };
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    const number = handed ?? madeIn;
    return {
      number,
      async claimFiles() {
        if (entry.module === 1) await beginRun(entry);
        else if ((await hasOutput(entry, number)) || !(await claim(entry, number))) throw error;
      },
    };
  }
}

/** The header in which a module passes on the number of the attempt. */
export const attemptHeader = 'agento-run-attempt';

/** The attempt number in that header; null without it. */
export function handedOn(header: string | string[] | undefined): number | null {
  if (header === undefined) return null;
  const { allowed, parse } = wholeNumber(1, mostAttempts);
  const number = parse(String(header));
  if (number === null) throw badInput([{ pointer: '', detail: `${attemptHeader} must be ${allowed}` }]);
  return number;
}

/** Claims the first attempt for a goal; throws a conflict if the run has files. Its folder is the claim. */
async function beginRun({ dataDir, runId }: Entry): Promise<number> {
  const directory = runDirectory(dataDir, runId);
  if (await inFolder(join(dataDir, 'runs'), () => made(directory))) return 1;
  throw conflict(
    `The run ${runId} already exists: use another run_id, or none; to continue that run, post one of its outputs to the next module`,
  );
}

/** Claims the attempt passed on by the previous module; throws a conflict if this module has begun it before. */
async function beginHandedOn(entry: Entry, attempt: number): Promise<number> {
  if ((await claim(entry, attempt)) && !(await hasOutput(entry, attempt))) return attempt;
  throw conflict(
    `Module ${entry.module} has already started attempt ${attempt} of the run ${entry.runId}: post the previous module's output without ${attemptHeader}`,
  );
}

/**
 * Chooses the attempt for a posted output: the one that produced it, unless this module or a later one has begun in it;
 * then a new one.
 */
async function beginFedIn(entry: Entry, madeIn: number): Promise<number> {
  if (!(await hasBegun(entry, madeIn)) && (await claim(entry, madeIn))) return madeIn;
  const attempts = join(runDirectory(entry.dataDir, entry.runId), 'attempts');
  await makeFolder(attempts);
  const known = [
    ...(await names(attempts)).filter((name) => /^\d{1,4}$/.test(name)).map(Number),
    ...(await claims(entry)).map(([attempt]) => attempt),
  ];
  let next = Math.max(1, ...known) + 1;
  // The last possible number is taken: use the first free one.
  if (next > mostAttempts) next = 2;
  // Creating the folder claims the number: another module may be asked at the same time.
  for (; next <= mostAttempts; next += 1)
    if ((await made(runDirectory(entry.dataDir, entry.runId, next))) && (await claim(entry, next)))
      return next;
  throw conflict(`The run ${entry.runId} has ${mostAttempts} attempts: post its output with another run_id`);
}

/** Records that the module began the attempt; false if it already had. Of two concurrent calls, one wins. */
async function claim({ dataDir, runId, module }: Entry, attempt: number): Promise<boolean> {
  const directory = runDirectory(dataDir, runId);
  const make = () => open(join(directory, `.begun-${attempt}-module${module}`), 'wx', 0o600);
  try {
    const file = await inFolder(directory, make);
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Runs of versions without such markers left their outputs. */
function hasOutput({ dataDir, runId, module }: Entry, attempt: number): Promise<boolean> {
  const file = join(runDirectory(dataDir, runId, attempt), outputName(module));
  return access(file).then(
    () => true,
    () => false,
  );
}

/** Whether the module or one after it has begun in the attempt. */
async function hasBegun(entry: Entry, attempt: number): Promise<boolean> {
  if ((await claims(entry)).some(([of, module]) => of === attempt && module >= entry.module)) return true;
  const later = chain.filter(({ number }) => number >= entry.module);
  const left = await Promise.all(later.map(({ number }) => hasOutput({ ...entry, module: number }, attempt)));
  return left.includes(true);
}

async function claims({ dataDir, runId }: Entry): Promise<[attempt: number, module: number][]> {
  return (await names(runDirectory(dataDir, runId))).flatMap((name): [number, number][] => {
    const [, attempt, module] = /^\.begun-(\d+)-module(\d+)$/.exec(name) ?? [];
    return attempt && module ? [[Number(attempt), Number(module)]] : [];
  });
}

function names(directory: string): Promise<string[]> {
  return readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
}

/** Creates something in a folder, and the folder first if it is missing, which is rare. */
async function inFolder<T>(folder: string, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  await makeFolder(folder);
  return make();
}

/** Creates the folder; false if it exists. */
function made(directory: string): Promise<boolean> {
  return mkdir(directory, { mode: 0o700 }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
}

function conflict(detail: string): ProblemError {
  return new ProblemError(problem('conflict', 409, detail));
}
