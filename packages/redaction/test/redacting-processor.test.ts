import { createTraceState, type Span } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';
import { createRedactor } from '../src/index.ts';
import { addRedactedEvent, RedactingProcessor } from '../src/opentelemetry/index.ts';

const secret = 'of-the-cash-desk-1';

test("Names of events are redacted and counted, also of those whose attributes have been read; an attribute's key stays.", async () => {
  const exporter = new InMemorySpanExporter();
  const redactor = createRedactor({ secrets: [secret] });
  const provider = new TracerProvider({
    spanProcessors: [new RedactingProcessor({ redactor }), new SimpleSpanProcessor({ exporter })],
  });
  const span = provider.getTracer('test').startSpan('work');
  span.addEvent(`paid ${secret}`, { of: secret });
  addRedactedEvent(span, `paid ${secret} again`, { amount: 3 });
  span.addEvent('closed');
  span.setAttribute(secret, 'kept');
  span.end();
  await provider.forceFlush();

  const [exported] = exporter.getFinishedSpans();
  expect(exported?.events.map(({ name, attributes }) => [name, { ...attributes }])).toEqual([
    ['paid ***REDACTED***', { of: '***REDACTED***' }],
    ['paid ***REDACTED*** again', { amount: 3 }],
    ['closed', {}],
  ]);
  expect(exported?.attributes).toEqual({
    [secret]: 'kept',
    'redaction.count': 3,
    'redaction.rules': ['loaded-secret'],
  });
});

/** What is exported of a span on which the work has written. */
async function exportedOf(write: (span: Span) => void) {
  const exporter = new InMemorySpanExporter();
  const redactor = createRedactor({ secrets: [secret] });
  const provider = new TracerProvider({
    spanProcessors: [new RedactingProcessor({ redactor }), new SimpleSpanProcessor({ exporter })],
  });
  const span = provider.getTracer('test').startSpan('work');
  write(span);
  span.end();
  await provider.forceFlush();
  return exporter.getFinishedSpans()[0];
}

test('Maps and lists in lists, which SDK 3.1 takes as attributes, and bytes are redacted at every depth.', async () => {
  const order = { of: secret, paid: [{ with: `card ${secret}` }], password: 'x1' };
  const span = await exportedOf((span) => {
    span.setAttribute('order', order as never);
    span.setAttribute('lists', [[secret, 3]] as never);
    span.setAttribute('bytes', new Uint8Array([1, 2]) as never);
    span.setAttribute('body', [Buffer.from(`\u0000 ${secret}`)] as never);
  });
  expect(span?.attributes).toEqual({
    order: {
      of: '***REDACTED***',
      paid: [{ with: 'card ***REDACTED***' }],
      password: '***REDACTED***',
    },
    lists: [['***REDACTED***', 3]],
    bytes: new Uint8Array([1, 2]),
    body: [new Uint8Array(Buffer.from('\u0000 ***REDACTED***'))],
    'redaction.count': 5,
    'redaction.rules': ['loaded-secret', 'secret-key'],
  });
  expect(order.of).toBe(secret);
});

test('A link loses the secret in its tracestate; the linked context itself, which may be frozen, stays as it is.', async () => {
  const linked = Object.freeze({
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    traceFlags: 1,
    traceState: createTraceState(`till=${secret},shop=1`),
  });
  const span = await exportedOf((span) => span.addLink({ context: linked, attributes: { of: secret } }));
  expect(span?.links[0]?.context.traceState?.serialize()).toBe('shop=1');
  expect(span?.links[0]?.attributes?.of).toBe('***REDACTED***');
  expect(linked.traceState.serialize()).toBe(`till=${secret},shop=1`);
});

test('Names and links that are none, as JavaScript may give, stop neither the host nor the redaction of the rest.', async () => {
  const span = await exportedOf((span) => {
    span.addEvent(undefined as never, { of: secret });
    span.addLink({} as never);
    span.updateName(undefined as never);
  });
  expect(span?.events[0]).toMatchObject({ name: 'undefined', attributes: { of: '***REDACTED***' } });
  expect(span?.name).toBe('undefined');
});
