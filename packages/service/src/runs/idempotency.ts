import { hash } from 'node:crypto';
import { bearerOf } from '@agento/edge';
import type { KeyClaim, PartId, RunStore } from '@agento/runs';
import type { FastifyRequest } from 'fastify';
import { badInput, ProblemError, problem } from '../problem.ts';

/** How long a key stands for the run that came with it, in milliseconds. */
const keptMs = 24 * 60 * 60 * 1_000;
const mostCharacters = 255;

/** The key of `Idempotency-Key`, a string in quotes or as it is; null without one. */
export function idempotencyKey({ headers }: FastifyRequest): string | null {
  const given = headers['idempotency-key'];
  if (given === undefined) return null;
  const text = String(given).trim();
  // RFC 8941 strings are quoted; most clients send the bare key.
  const key = /^"(.*)"$/.exec(text)?.[1]?.replace(/\\(["\\])/g, '$1') ?? text;
  if (key === '' || key.length > mostCharacters || !/^[\x20-\x7e]+$/.test(key)) {
    const detail = `Idempotency-Key must be 1 to ${mostCharacters} printable ASCII characters`;
    throw badInput([{ pointer: '', detail }]);
  }
  return key;
}

/** The run a key stands for. */
export interface KeyedRun {
  id: PartId;
  /** Hash of caller and key; kept with the run that began with it. */
  key: string;
}

/**
 * Claims the key for a run that is about to begin.
 *
 * @returns the run the key stands for: this one, or the one that came with it first
 * @throws ProblemError 422 if it came with another body
 */
export async function claimRun(
  store: RunStore,
  request: FastifyRequest,
  key: string,
  part: PartId,
): Promise<KeyedRun> {
  // A key is the caller's own: two callers may use the same.
  const caller = bearerOf(request.headers.authorization) ?? '';
  const claim: KeyClaim = {
    key: hash('sha256', JSON.stringify([caller, part.module, key])),
    bodyHash: hash('sha256', JSON.stringify(request.body)),
    part,
    until: Date.now() + keptMs,
  };
  const holds = await store.claimKey(claim);
  if (holds.bodyHash === claim.bodyHash) return { id: holds.part, key: claim.key };
  throw new ProblemError(
    problem(
      'key-reused',
      422,
      'This Idempotency-Key came with another body before: use a new key for a new run',
      { run_id: holds.part.runId },
    ),
  );
}
