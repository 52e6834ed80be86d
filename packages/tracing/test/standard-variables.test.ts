import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { moduleInfo } from '@agento/contracts';
import { loadTrace } from '@agento/evidence';
import { type Receiver, startReceiver } from '@agento/receiver';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { activeSpan, extractParentContext, referenceOf, traceHeaders, withSpan } from '../src/index.ts';
import { startTelemetry, type Telemetry } from '../src/telemetry.ts';
import { collectSpans } from '../src/testing.ts';

let telemetry: Telemetry | undefined;
let dataDir: string;
let receiver: Receiver;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'variables-'));
  receiver = await startReceiver({ host: '127.0.0.1', port: 0, directory: join(dataDir, 'traces') });
});
afterEach(async () => {
  await telemetry?.shutdown(1_000);
  await receiver.close();
  await rm(dataDir, { recursive: true });
});

/** Starts a service's telemetry with these variables beside the receiver's address. */
function start(env: NodeJS.ProcessEnv) {
  const collected = collectSpans();
  telemetry = startTelemetry({
    module: moduleInfo(2),
    // Without a spool, flush waits for the receiver however slow it is.
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, AGENTO_SPOOL_MAX_BYTES: '0', ...env },
    dataDir: '/nowhere',
    processors: [collected.processor],
  });
  return collected;
}

/** Ends one span; answers with its ids and what a call made within it would carry. */
async function endOne() {
  const made = await withSpan({ name: 'step' }, async () => {
    const span = activeSpan();
    return { ids: span && referenceOf(span), headers: traceHeaders() };
  });
  await telemetry?.flush();
  return made;
}

test.each([{ OTEL_SDK_DISABLED: 'true' }, { AGENTO_TRACING_ENABLED: 'false' }])(
  'With %o nothing is made and nothing sent.',
  async (env) => {
    const collected = start(env);
    await endOne();

    expect([collected.spans(), receiver.counts().requests]).toEqual([[], 0]);
    expect([telemetry?.endpoint, telemetry?.stats()]).toEqual([null, null]);
  },
);

test('With OTEL_TRACES_EXPORTER=none spans are made and sent nowhere.', async () => {
  const collected = start({ OTEL_TRACES_EXPORTER: 'none' });
  await endOne();

  expect(collected.spans().map(({ name }) => name)).toEqual(['step']);
  expect([receiver.counts().requests, telemetry?.endpoint]).toEqual([0, null]);
});

test.each<[NodeJS.ProcessEnv, number]>([
  [{ OTEL_TRACES_SAMPLER: 'always_off' }, 0],
  [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' }, 0],
  [{ OTEL_TRACES_SAMPLER: 'always_on', AGENTO_TRACE_SAMPLE_RATE: '0.000001' }, 1],
  [{ OTEL_TRACES_SAMPLER: 'always_on', AGENTO_TRACE_SAMPLE_RATE: '0' }, 0],
])('With %o so many spans are sent: %i.', async (env, sent) => {
  start(env);
  await endOne();

  expect(receiver.counts().spans).toBe(sent);
});

test('The resource has OTEL_RESOURCE_ATTRIBUTES without their secrets, and what tells modules apart stays.', async () => {
  const given =
    'team=plans,service.namespace=shop,module.number=9,token=sk-abcdefghijklmnopqrstuvwxyz0123456789ABCD';
  start({ OTEL_RESOURCE_ATTRIBUTES: given });
  const { ids } = await endOne();

  const { spans } = await loadTrace(ids.trace_id, { dataDir });
  expect(spans[0]?.resource).toMatchObject({
    team: 'plans',
    'service.namespace': 'shop',
    'service.name': 'Agento-Module-2',
    'module.number': 2,
    token: '***REDACTED***',
    'telemetry.sdk.name': 'opentelemetry',
  });
});

test('OTEL_PROPAGATORS adds formats to W3C’s, which every call carries and which counts before the others.', async () => {
  start({ OTEL_PROPAGATORS: 'b3' });
  const { ids, headers } = await endOne();

  expect(headers.traceparent).toBe(`00-${ids?.trace_id}-${ids?.span_id}-03`);
  expect(headers.b3).toBe(`${ids?.trace_id}-${ids?.span_id}-1`);
  const b3 = '0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1';
  expect(extractParentContext({ b3 })?.trace_id).toBe('0af7651916cd43dd8448eb211c80319c');
  expect(extractParentContext({ b3, traceparent: headers.traceparent })).toEqual(ids);
});
