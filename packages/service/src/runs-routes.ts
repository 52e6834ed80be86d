import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Cancelled } from '@agento/agent';
import { RunLimits, runStates } from '@agento/contracts';
import { NoSuchPage, type Part } from '@agento/runs';
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { badInput, type ProblemError } from './problem.ts';
import { cancelledByDelete, cancelWaiting } from './runs/cancel-waiting.ts';
import { conflict } from './runs/conflict.ts';
import type { Executions } from './runs/executions.ts';
import { sendEvents, takeOver } from './runs/follow.ts';
import { journalOf, laterJournal } from './runs/journal.ts';
import { askNext, cancelNext, deleteNext, nextOf } from './runs/later-module.ts';
import { type PartNotes, resumed } from './runs/part-notes.ts';
import { knownPart, notKnown, partOf } from './runs/part-of.ts';
import { readers } from './runs/readers.ts';
import { hasEnded } from './runs/run-events.ts';
import { detailsOf, viewOf } from './runs/run-view.ts';
import { AttemptQuery, AttemptText, RunName } from './runs-names.ts';
import type { Service } from './service.ts';

export const DeleteQuery = Type.Object(
  {
    attempt: AttemptText,
    only: Type.Optional(
      Type.Literal('cancel', { description: 'Cancels a run that goes on, and deletes none that has ended' }),
    ),
  },
  { additionalProperties: false },
);
/** Limits that the run is resumed with, in place of those it had. */
export const ResumeBody = Type.Union([
  Type.Null(),
  Type.Object({ limits: Type.Optional(RunLimits) }, { additionalProperties: false }),
]);
export const ListQuery = Type.Object(
  {
    state: Type.Optional(Type.Enum([...runStates], { type: 'string' })),
    after: Type.Optional(Type.String({ description: '`next` of the page before' })),
    limit: Type.Optional(
      Type.String({ pattern: '^([1-9]|[1-9]\\d|100)$', description: '1 to 100; default 20' }),
    ),
  },
  { additionalProperties: false },
);

type Named = { Params: Static<typeof RunName>; Querystring: Static<typeof DeleteQuery> };

/** How long the last spans of a run may take to be safe, in milliseconds. */
const safeMs = 2_000;

/** Runs as a resource: list, look, follow, cancel or delete, resume. Each module answers for its own part. */
export function registerRunsRoutes(app: FastifyInstance, service: Service, executions: Executions): void {
  const { store, module, settings } = service;
  const { number } = module.info;
  const admitReader = readers(settings);

  app.get<{ Querystring: Static<typeof ListQuery> }>(
    '/runs',
    { schema: { querystring: ListQuery } },
    async ({ query: { state, after, limit = '20' } }) => {
      const query = {
        module: number,
        ...(state !== undefined && { states: [state] }),
        ...(after !== undefined && { after }),
        limit: Number(limit),
      };
      const { parts, next } = await store.list(query).catch((error) => {
        throw error instanceof NoSuchPage ? badInput([{ pointer: '/after', detail: error.message }]) : error;
      });
      return { runs: parts.map(viewOf), next };
    },
  );

  app.get<Named>(
    '/runs/:run_id',
    { schema: { params: RunName, querystring: AttemptQuery } },
    async ({ params, query }) => {
      const part = await partOf(service, params.run_id, query.attempt);
      const details = await detailsOf(store, part);
      const next = nextOf(service);
      const wasAsked = (part.notes as PartNotes).gone_on === true && next !== null;
      const later = wasAsked && !hasEnded(part) ? await askNext(next, part) : null;
      return later === null ? details : { ...details, later };
    },
  );

  app.get<Named>(
    '/runs/:run_id/journal',
    { schema: { params: RunName, querystring: AttemptQuery } },
    async ({ params, query }) => {
      const part = await knownPart(service, params.run_id, query.attempt);
      if (part) return journalOf(service, part);
      const later =
        query.attempt && (await laterJournal(service, params.run_id.toLowerCase(), Number(query.attempt)));
      if (later) return later;
      throw notKnown(params.run_id, query.attempt);
    },
  );

  app.get<Named>(
    '/runs/:run_id/events',
    { schema: { params: RunName, querystring: AttemptQuery } },
    async (request, reply) => {
      const part = await partOf(service, request.params.run_id, request.query.attempt);
      // A reader that has seen the end is not to come back (WHATWG HTML, section 9.2.3).
      if (request.headers['last-event-id'] === `${number}.end`) return reply.code(204).send();
      admitReader(reply.raw);
      await sendEvents(service, executions, part, request, reply, takeOver(reply));
      return reply;
    },
  );

  app.delete<Named>(
    '/runs/:run_id',
    { schema: { params: RunName, querystring: DeleteQuery } },
    async ({ params, query }, reply) => {
      const part = await partOf(service, params.run_id, query.attempt);
      if (!hasEnded(part)) {
        const waited = part.state === 'waiting_for_review' && (await cancelWaiting(service, part));
        if (!waited) await executions.cancel(part, new Cancelled(cancelledByDelete));
        return reply.code(202).type('application/json').send(viewOf(part));
      }
      const next = nextOf(service);
      // A run is deleted with all its attempts, unless one is named.
      const attempt = query.attempt === undefined ? undefined : part.attempt;
      if (query.only === 'cancel') {
        if (next !== null) await cancelNext({ ...next, ...part });
      } else {
        if (next !== null) await deleteNext(next, part.runId, attempt);
        await remove(service, part, attempt);
      }
      return reply.code(204).send();
    },
  );

  app.post<Named & { Body: Static<typeof ResumeBody> }>(
    '/runs/:run_id/resume',
    { schema: { params: RunName, querystring: AttemptQuery, body: ResumeBody } },
    async ({ params, query, body }, reply) => {
      const part = await partOf(service, params.run_id, query.attempt);
      const notes = resumed(randomUUID(), body?.limits);
      if (!(await store.reopen(part, { ...notes }))) throw notResumed(part);
      const reopened = await partOf(service, params.run_id, query.attempt);
      reply.code(202).header('location', `/runs/${part.runId}`);
      return reply.type('application/json').send(viewOf(reopened));
    },
  );
}

function notResumed(part: Part): ProblemError {
  const { state } = part;
  const detail =
    state === 'failed' || state === 'cancelled'
      ? 'The run cannot be resumed: somebody just did, or it is of an earlier version, which kept no journal'
      : `The run is ${state}: only one that failed or was cancelled can be resumed`;
  return conflict(part, 'resume', detail);
}

/** Deletes the run here, or an attempt at it; its last spans may still be on their way. */
async function remove({ store, telemetry }: Service, part: Part, attempt: number | undefined): Promise<void> {
  const until = performance.now() + safeMs;
  await telemetry.flush();
  for (;;) {
    await store.remove(part.runId, part.module, attempt);
    if ((await store.part(part)) === null) return;
    if (performance.now() > until) {
      const detail = 'The run has ended, but its evidence is still being sent: delete it again in a minute';
      throw conflict(part, 'remove', detail);
    }
    await delay(50);
  }
}
