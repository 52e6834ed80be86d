import { moduleInfo } from '@agento/contracts';
import { createRedactor } from '@agento/redaction';
import { trace } from '@opentelemetry/api';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { afterEach, expect, test } from 'vitest';
import {
  initializeTracing,
  recordsContent,
  redactText,
  setContent,
  type Tracing,
  withSpan,
} from '../src/index.ts';
import { RedactingProcessor } from '../src/redacting-processor.ts';
import { startTelemetry } from '../src/telemetry.ts';
import { collectSpans } from '../src/testing.ts';

let tracing: Tracing | null = null;
afterEach(async () => {
  await tracing?.shutdown(1_000);
  tracing = null;
});

const [secret, other] = ['the-first-door-opens', 'the-other-door-opens'];

/** A module's tracing whose spans go nowhere. */
function start(env: NodeJS.ProcessEnv) {
  const collection = collectSpans();
  tracing = startTelemetry({
    module: moduleInfo(1),
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'disabled', ...env },
    dataDir: '/nowhere',
    secrets: [secret],
    processors: [collection.processor],
  });
  return collection;
}

test('Each span is recorded by the settings of the tracing that started it, wherever another is active.', async () => {
  const ours = start({});
  const collection = collectSpans();
  const settings = {
    content: false,
    compressionThreshold: 50_000,
    redactor: createRedactor({ secrets: [other] }),
  };
  const another = new TracerProvider({
    spanProcessors: [new RedactingProcessor(settings), collection.processor],
  });

  await withSpan({ name: 'ours' }, async (outer) => {
    await withSpan({ name: 'theirs', tracer: another.getTracer('another') }, async (inner) => {
      inner.setAttribute('said', `${secret} ${other}`);
      for (const span of [outer, inner]) setContent(span, 'content', `${secret} ${other}`);
    });
  });

  expect(ours.spans()).toMatchObject([{ name: 'ours', attributes: { content: `***REDACTED*** ${other}` } }]);
  expect(collection.spans()[0]?.attributes).toEqual({
    said: `${secret} ***REDACTED***`,
    'agento.redactions': 1,
    'agento.redaction.rules': ['loaded-secret'],
  });
});

test('Outside of a span the settings are those of the process’s own tracing, also after its end, and credentials are found by their look.', async () => {
  start({ OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'NO_CONTENT' });
  expect([recordsContent(), redactText(secret)]).toEqual([false, '***REDACTED***']);
  await tracing?.shutdown(1_000);
  expect(tracing?.redactLine(secret)).toBe('***REDACTED***');
  const key = `sk-ant-api03-${'a1'.repeat(46)}-AA`;
  expect([recordsContent(), redactText(`${secret} ${key}`)]).toEqual([
    false,
    '***REDACTED*** ***REDACTED***',
  ]);
});

test('Where tracing is switched off, what is written has no secrets and no content all the same.', async () => {
  start({
    OTEL_SDK_DISABLED: 'true',
    OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'NO_CONTENT',
  });
  await withSpan({ name: 'none' }, async (span) => {
    expect(span.isRecording()).toBe(false);
    expect([recordsContent(), redactText(secret)]).toEqual([false, '***REDACTED***']);
  });
});

test('Tracing that is switched off leaves the process to an SDK of the user’s own, also when it ends.', async () => {
  tracing = initializeTracing({ enabled: false }, {});
  const collection = collectSpans();
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [collection.processor] }));
  await tracing.shutdown();
  tracing.tracer.createModuleSpan({ moduleType: 'planner', operation: 'plan' }).end();
  trace.disable();
  expect(collection.spans()).toMatchObject([{ name: 'planner.plan' }]);
});

test.each([{}, { AGENTO_TRACING_ENABLED: 'false' }])(
  'After its end they still apply to what is written, until another SDK is registered (%o).',
  async (env) => {
    start({ OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'NO_CONTENT', ...env });
    await tracing?.shutdown(1_000);

    expect([recordsContent(), redactText(`x ${secret}`)]).toEqual([false, 'x ***REDACTED***']);

    trace.setGlobalTracerProvider(new TracerProvider());
    expect([recordsContent(), redactText(`x ${secret}`)]).toEqual([true, `x ${secret}`]);
    trace.disable();
  },
);
