import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { noteIncoming } from '../src/incoming.ts';
import {
  endAbandoned,
  failIncoming,
  followIncoming,
  incomingNotes,
  incomingTraceId,
  linkContinuation,
} from '../src/index.ts';
import { beginSpan } from '../src/span.ts';
import { inTelemetry } from './in-trace.ts';

const elsewhere = { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331' };

/** A request whose two spans have begun. */
function answering() {
  const request = Object.assign(new IncomingMessage(new Socket()), { method: 'POST' });
  const { span: server, active } = beginSpan({ name: 'POST /run' });
  const { span: inner } = beginSpan({ name: 'request', parent: active });
  noteIncoming(request, { server });
  noteIncoming(request, { request: inner });
  return { request, server, inner };
}

test('A run that fails after its answer began marks both spans of its request.', async () => {
  const spans = await inTelemetry(async () => {
    const { request, server, inner } = answering();
    failIncoming(request, new RangeError('too late'));
    inner.end();
    server.end();
  });

  expect(spans.map(({ name, status, attributes }) => [name, status, attributes])).toEqual([
    ['request', { code: 'ERROR', message: 'too late' }, { 'error.type': 'RangeError' }],
    ['POST /run', { code: 'ERROR', message: 'too late' }, { 'error.type': 'RangeError' }],
  ]);
});

test('The inner span of a request whose caller left is ended once, by whoever comes first.', async () => {
  const spans = await inTelemetry(async () => {
    const { request, server } = answering();
    endAbandoned(request);
    endAbandoned(request);
    server.end();
  });

  expect(spans.map(({ name }) => name)).toEqual(['request', 'POST /run']);
});

test('A request whose run goes on in another trace links to it, and is known by its own.', async () => {
  let known: string | null = null;
  const [server] = await inTelemetry(async () => {
    const { request, server } = answering();
    linkContinuation(request, elsewhere);
    known = incomingTraceId(request);
    server.end();
  });

  expect(server?.links).toEqual([
    {
      traceId: elsewhere.trace_id,
      spanId: elsewhere.span_id,
      attributes: { relationship: 'continued_in' },
    },
  ]);
  expect(known).toBe(server?.traceId);
});

test('A request that follows a run says which, on both its spans; those that have ended leave no note.', async () => {
  let noted: (string | null)[][] = [];
  const spans = await inTelemetry(async () => {
    const { request, server, inner } = answering();
    followIncoming(request, { runId: 'r-1', attempt: 2 });
    noted = incomingNotes(request).map(({ span_id, parent_span_id }) => [span_id, parent_span_id]);
    inner.end();
    server.end();
    expect(incomingNotes(request)).toEqual([]);
  });

  const followed = { 'agento.followed': true, 'agento.run.id': 'r-1', 'agento.run.attempt': 2 };
  expect(spans.map(({ attributes }) => attributes)).toEqual([followed, followed]);
  expect(noted.toSorted()).toEqual(
    spans.map(({ spanId, parentSpanId }) => [spanId, parentSpanId]).toSorted(),
  );
});

test('A request without spans, such as a probe, is left alone.', () => {
  const request = new IncomingMessage(new Socket());

  failIncoming(request, new Error('x'));
  endAbandoned(request);
  linkContinuation(request, elsewhere);

  expect(incomingTraceId(request)).toBeNull();
});
