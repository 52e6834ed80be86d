import type { OutgoingHttpHeaders } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Part } from '@agento/runs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { openEventStream } from '../event-stream.ts';
import type { Service } from '../service.ts';
import type { Executions } from './executions.ts';
import { readEvents } from './run-events.ts';

/** From here on the response is written by hand: Fastify would end the request's span when a stream begins. */
export function takeOver(reply: FastifyReply) {
  reply.hijack();
  return openEventStream(reply.raw, undefined, reply.getHeaders() as OutgoingHttpHeaders);
}

/** The event that tells that a run waits for a person. */
export const waitingEvent = 'run.waiting_for_review';

/** How long it may take to be told, in milliseconds: the module that waits tells it. */
const tellMs = 2_000;

/** Sends a run's events from the place the caller has seen last, until the end or until it leaves. */
export async function sendEvents(
  service: Service,
  executions: Executions,
  part: Part,
  request: FastifyRequest,
  { raw }: FastifyReply,
  stream: ReturnType<typeof openEventStream>,
  {
    beforeEnd = async () => {},
    until,
  }: {
    /** The end is sent after this: the request's span ends with the response. */
    beforeEnd?: () => Promise<void>;
    /** When it resolves, the run waits for a person: that is told, and the stream ends. */
    until?: Promise<void>;
  } = {},
): Promise<void> {
  const left = new AbortController();
  const leave = () => left.abort();
  const told = Promise.withResolvers<void>();
  // What was told before is not told again.
  void until?.then(() => Promise.race([told.promise, delay(tellMs)])).then(leave);
  raw.once('close', leave);
  // A reader of a run that goes on elsewhere would keep the service from stopping.
  if (executions.stopped.aborted) leave();
  executions.stopped.addEventListener('abort', leave);
  const after = String(request.headers['last-event-id'] ?? '');
  try {
    for await (const { id, name, data } of readEvents(service, executions, part, after, left.signal)) {
      // With the end, so that a caller who leaves after reading it leaves nothing unread.
      if (id.endsWith('.end')) {
        await beforeEnd();
        return stream.end([name, data, id]);
      }
      stream.send(name, data, id);
      if (name === waitingEvent) told.resolve();
      await stream.room(left.signal);
    }
  } finally {
    executions.stopped.removeEventListener('abort', leave);
    // Who takes nothing would keep the service from stopping.
    if (executions.stopped.aborted && raw.writableNeedDrain) raw.destroy();
    else stream.end();
  }
}
