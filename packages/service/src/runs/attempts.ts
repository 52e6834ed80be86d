import { hash } from 'node:crypto';
import { mostAttempts, wholeNumber } from '@agento/contracts';
import type { Part, PartId, PartStart, RunStore } from '@agento/runs';
import { badInput } from '../problem.ts';
import { conflict } from './conflict.ts';

/** A part that was asked for. */
export interface Taken {
  part: Part;
  /** False if there was one already: the asker follows it. */
  begun: boolean;
}

/** How long a number is held for the part that is about to begin in it, in milliseconds. */
const numberHeldMs = 60_000;

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

/**
 * Begins a module's part for a goal, for a hand-over from the previous module (`handed`: its attempt), or for a posted
 * output (`madeIn`: the attempt that produced it). Only what was handed on may find a part that exists: it was asked for
 * before. Anything else that would repeat work is a conflict.
 */
export async function takePart(
  store: RunStore,
  start: Omit<PartStart, 'attempt'>,
  handed: number | null,
  madeIn: number,
): Promise<Taken> {
  if (handed !== null) return store.begin({ ...start, attempt: handed });
  if (start.module > 1) return beginFedIn(store, start, madeIn);
  const known = await store.partsOf(start.runId);
  const taken = known.length === 0 ? await store.begin({ ...start, attempt: 1 }) : null;
  if (taken?.begun) return taken;
  throw conflict(
    start,
    'exists',
    `The run ${start.runId} already exists: use another run_id, or none; to continue that run, post one of its outputs to the next module`,
  );
}

/** Begins in the first attempt that nobody else takes meanwhile. */
async function beginFedIn(
  store: RunStore,
  start: Omit<PartStart, 'attempt'>,
  madeIn: number,
): Promise<Taken> {
  const attempts = ownAttempts(store, start, madeIn);
  for (;;) {
    const { value: attempt } = await attempts.next();
    const taken = await store.begin({ ...start, attempt });
    if (taken.begun) return taken;
  }
}

/** The attempt a posted output would begin in, for whoever has to name it before. */
export async function attemptOf(
  store: RunStore,
  start: Pick<PartId, 'runId' | 'module'>,
  madeIn: number,
): Promise<number> {
  return (await ownAttempts(store, start, madeIn).next()).value;
}

/** The attempts a posted output may begin in, whose numbers no other module takes meanwhile. */
async function* ownAttempts(
  store: RunStore,
  { runId, module }: Pick<PartId, 'runId' | 'module'>,
  madeIn: number,
): AsyncGenerator<number, never> {
  for (const attempt of attemptsFor(await store.partsOf(runId), module, madeIn)) {
    if (attempt === madeIn || (await isOurs(store, { runId, attempt, module }))) yield attempt;
  }
  const detail = `The run ${runId} has ${mostAttempts} attempts: post its output with another run_id`;
  throw conflict({ runId }, 'attempts', detail);
}

/**
 * The attempts a posted output may begin in: the one that produced it, unless this module or a later one has begun in it;
 * then new ones.
 */
function* attemptsFor(known: readonly PartId[], module: number, madeIn: number): Generator<number> {
  if (!known.some((part) => part.attempt === madeIn && part.module >= module)) yield madeIn;
  const next = Math.max(1, madeIn, ...known.map(({ attempt }) => attempt)) + 1;
  // Once the last possible number is taken, the first free one is used.
  for (let number = next > mostAttempts ? 2 : next; number <= mostAttempts; number += 1) {
    if (!known.some(({ attempt }) => attempt === number)) yield number;
  }
}

/** Takes the number of a new attempt, for which another module may be asked at the same time. */
async function isOurs(store: RunStore, { runId, attempt, module }: PartId): Promise<boolean> {
  const key = hash('sha256', `attempt ${runId} ${attempt}`);
  const part = { runId, attempt, module };
  const holds = await store.claimKey({ key, bodyHash: '', part, until: Date.now() + numberHeldMs });
  return holds.part.module === module;
}
