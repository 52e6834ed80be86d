import type { OutgoingHttpHeaders } from 'node:http';
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

/** Sends a run's events from the place the caller has seen last, until the end or until it leaves. */
export async function sendEvents(
  service: Service,
  executions: Executions,
  part: Part,
  request: FastifyRequest,
  { raw }: FastifyReply,
  stream: ReturnType<typeof openEventStream>,
  /** The end is sent after this: the request's span ends with the response. */
  beforeEnd: () => Promise<void> = async () => {},
): Promise<void> {
  const left = new AbortController();
  const leave = () => left.abort();
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
      await stream.room(left.signal);
    }
  } finally {
    executions.stopped.removeEventListener('abort', leave);
    // Who takes nothing would keep the service from stopping.
    if (executions.stopped.aborted && raw.writableNeedDrain) raw.destroy();
    else stream.end();
  }
}
