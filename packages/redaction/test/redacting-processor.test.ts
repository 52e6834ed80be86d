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
