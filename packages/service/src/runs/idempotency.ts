import { hash } from 'node:crypto';
import { bearerOf } from '@agento/edge';
import type { PartId, RunStore } from '@agento/runs';
import type { FastifyRequest } from 'fastify';
import { badInput, ProblemError, problem } from '../problem.ts';
import { attemptOf } from './attempts.ts';
import type { Origin } from './part-notes.ts';

/** How long a key stands for the run that came with it, in milliseconds. */
const keptMs = 24 * 60 * 60 * 1_000;
const mostCharacters = 255;

/** The key of `Idempotency-Key`, a string in quotes or as it is; null without one. */
export function idempotencyKey({ headers }: Pick<FastifyRequest, 'headers'>): string | null {
  const given = headers['idempotency-key'];
  if (given === undefined) return null;
  const text = String(given).trim();
  // RFC 8941 strings are quoted; most clients send the bare key. What comes twice is joined with a comma on the way.
  const key = /^"((?:[^"\\]|\\["\\])*)"$/.exec(text)?.[1]?.replace(/\\(["\\])/g, '$1');
  if (key === undefined && /[",]/.test(text)) {
    const detail =
      'A request has one Idempotency-Key, and this one has more: send it once, in quotes if there is a comma or a quote in it';
    throw badInput([{ pointer: '', detail }]);
  }
  return checked(key ?? text);
}

function checked(key: string): string {
  if (key.length <= mostCharacters && /^[\x20-\x7e]+$/.test(key)) return key;
  const detail = `Idempotency-Key must be 1 to ${mostCharacters} printable ASCII characters`;
  throw badInput([{ pointer: '', detail }]);
}

/** The run a key stands for. */
export interface KeyedRun {
  id: PartId;
  /** Hash of caller and key; kept with the run that began with it. */
  key: string;
}

/**
 * Claims the key for a run that is about to begin: a goal in its first attempt, an output in the next it may begin in.
 *
 * @returns the run the key stands for: this one, or the one that came with it first
 * @throws ProblemError 422 if it came with another body
 */
export async function claimRun(
  store: RunStore,
  request: FastifyRequest,
  given: string,
  { runId, module }: Omit<PartId, 'attempt'>,
  madeIn: number,
): Promise<KeyedRun> {
  // A key is the caller's own: two callers may use the same.
  const named = [bearerOf(request.headers.authorization) ?? '', module, given];
  const key = hash('sha256', JSON.stringify(named));
  const bodyHash = hash('sha256', JSON.stringify(request.body));
  const claim = async (link: string): Promise<PartId> => {
    const attempt = module === 1 ? 1 : await attemptOf(store, { runId, module }, madeIn);
    const part = { runId, attempt, module };
    const holds = await store.claimKey({ key: link, bodyHash, part, until: Date.now() + keptMs });
    if (holds.bodyHash !== bodyHash) throw keyReused(holds.part);
    const known = module === 1 ? null : await store.part(holds.part);
    // Refused at first, it came again when another had taken its attempt: whoever sends it then goes the same way on.
    const isTaken = known !== null && (known.origin as Origin).key !== key;
    return isTaken ? claim(hash('sha256', `${link} ${holds.part.attempt}`)) : holds.part;
  };
  return { id: await claim(key), key };
}

function keyReused({ runId }: PartId): ProblemError {
  const detail = 'This Idempotency-Key came with another body before: use a new key for a new run';
  return new ProblemError(problem('key-reused', 422, detail, { run_id: runId }));
}
