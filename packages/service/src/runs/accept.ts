import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { PartId } from '@agento/runs';
import { enterRun, incomingNotes, linkContinuation, type RunSecrets, storeEntry } from '@agento/tracing';
import type { FastifyRequest } from 'fastify';
import type { RunInput } from '../module.ts';
import { ProblemError, problem, problemOf } from '../problem.ts';
import type { Service } from '../service.ts';
import { admit } from './admission.ts';
import { type Taken, takePart } from './attempts.ts';
import { conflict } from './conflict.ts';
import type { Caller } from './execution.ts';
import type { Executions } from './executions.ts';
import { claimRun } from './idempotency.ts';
import type { Origin } from './part-notes.ts';
import { hasEnded } from './run-events.ts';

/** Begins the run, or finds the one it would repeat. */
export async function accept(
  service: Service,
  executions: Executions,
  request: FastifyRequest<{ Body: RunInput }>,
  asked: { handed: number | null; key: string | null; secrets: RunSecrets },
): Promise<Taken> {
  const { store, module, spans } = service;
  const { number } = module.info;
  const input = request.body;
  const madeIn = input.run_attempt ?? 1;
  // UUIDs are the same in either case: one run must not be taken twice, or have two folders.
  const runId = (input.run_id ?? randomUUID()).toLowerCase();
  const entry = enterRun({
    headers: request.headers,
    metadata: input.trace_metadata,
    source:
      number > 1 ? `agento-module-${number - 1}` : (input.trace_metadata?.service_name ?? '').toLowerCase(),
    openaiTraceId: input.openai_trace_id,
  });
  const notes = incomingNotes(request.raw);
  const origin: Origin = {
    entry: storeEntry(entry),
    request: notes,
    ...(asked.handed !== null && { handed: true }),
  };
  const start = { runId, module: number, input: { ...input, run_id: runId }, origin };
  const { secrets } = asked;
  const onStart: Caller['onStart'] = (span) => {
    if (entry.continued) linkContinuation(request.raw, span);
  };
  const startNew = (runId: string, take: () => Promise<Taken>) => {
    admit(service, executions, runId);
    return executions.start(
      runId,
      async () => {
        const taken = await take();
        if (taken.begun) spans.expect(taken.part, notes);
        return taken;
      },
      { secrets, onStart },
    );
  };
  try {
    if (asked.key !== null) {
      const { id, key } = await claimRun(store, request, asked.key, start, madeIn);
      const ours = { ...start, ...id, input: { ...input, run_id: id.runId }, origin: { ...origin, key } };
      const others = (await store.partsOf(id.runId)).filter((other) => !isDeepStrictEqual(other, id));
      const known = await store.part(id);
      if (!known) await refuseOthers(service, others);
      const taken = known ? { part: known, begun: false } : await startNew(id.runId, () => store.begin(ours));
      // A run of that id which came without the key is another.
      if (taken.begun || (taken.part.origin as Origin).key === key) return taken;
      throw number === 1 ? exists(id) : active(id);
    }
    if (asked.handed !== null) {
      const known = await store.part({ runId, attempt: asked.handed, module: number });
      if (known) return { part: known, begun: false };
    }
    return await startNew(runId, async () => {
      if (asked.handed === null) await refuseActive(service, await store.partsOf(runId));
      return takePart(store, start, asked.handed, madeIn);
    });
  } catch (error) {
    throw error instanceof ProblemError ? error : notWritten(service, error);
  }
}

/** A run that goes on is not continued from a file at the same time. */
async function refuseActive({ store, module }: Service, known: PartId[]): Promise<void> {
  for (const id of known) {
    if (id.module !== module.info.number) continue;
    const part = await store.part(id);
    if (part && !hasEnded(part)) throw active(part);
  }
}

/** What a new run with a key would be mistaken for: an active one, or for a goal any that has its id. */
async function refuseOthers(service: Service, others: PartId[]): Promise<void> {
  await refuseActive(service, others);
  const [other] = others;
  if (service.module.info.number === 1 && other) throw exists(other);
}

/** A run that cannot be written down is not accepted: nothing has been paid for yet. */
function notWritten(service: Service, error: unknown): ProblemError {
  const given = problemOf(error);
  if (given.status !== 500) return new ProblemError(given, { cause: error });
  const why = (error as Error).message;
  service.fileError = why;
  service.log.error({ err: error }, 'a run could not be written down');
  return new ProblemError(
    problem('busy', 503, `The run cannot be written down, so it was not begun: ${why}`),
    {
      cause: error,
    },
  );
}

function active(id: PartId): ProblemError {
  return conflict(id, 'active', `The run ${id.runId} is already active in this module`);
}

function exists(id: PartId): ProblemError {
  return conflict(id, 'exists', `The run ${id.runId} already exists: use another run_id, or none`);
}
