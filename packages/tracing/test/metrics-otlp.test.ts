import { moduleInfo } from '@agento/contracts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withSpan } from '../src/index.ts';
import { createMeter, genAiMetrics } from '../src/metrics/index.ts';
import { mostSeries } from '../src/metrics/series.ts';
import { startTelemetry, type Telemetry } from '../src/telemetry.ts';
import { collectSpans } from '../src/testing.ts';
import { onlySpan } from './in-trace.ts';
import { type MetricsCollector, plainAttributes, startMetricsCollector } from './metrics-collector.ts';

let telemetry: Telemetry | undefined;
let collector: MetricsCollector;
beforeEach(async () => {
  collector = await startMetricsCollector();
});
afterEach(async () => {
  await telemetry?.shutdown(1_000);
  await collector.close();
});

function start(env: NodeJS.ProcessEnv) {
  const collected = collectSpans();
  telemetry = startTelemetry({
    module: moduleInfo(2),
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_EXPORTER: 'none', ...env },
    dataDir: '/nowhere',
    processors: [collected.processor],
  });
  return { telemetry, collected };
}

const called = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'small-1',
  'server.address': 'api.example.com',
  'server.port': 443,
};

/** Measures a call, a failed one and an agent, and sends that. */
async function measureAll(env: NodeJS.ProcessEnv = {}) {
  const { telemetry, collected } = start({ OTEL_METRICS_EXPORTER: 'otlp', ...env });
  const sink = await telemetry.startMetrics();
  if (!sink) throw new Error('No metrics are sent');
  const measure = createMeter([sink]);
  const attributes = { ...called, 'gen_ai.response.model': 'small-1-2026', 'agento.run.id': 'a run' };
  const tokens = { input: 300, output: 20, cacheRead: 100, reasoning: 5 };
  measure({ attributes, seconds: 0.5, errorType: null, span: null, tokens });
  measure({ attributes: called, seconds: 100, errorType: 'model_timeout', span: null });
  const agent = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'Planner' };
  measure({ attributes: agent, seconds: 2, errorType: null, span: null });
  await withSpan({ name: 'work' }, async () => {});
  const work = onlySpan(collected, 'work');
  await telemetry.shutdown(2_000);
  return work;
}

test('Metrics arrive as OTLP with the names, units and buckets of the conventions, and nothing that tells runs apart.', async () => {
  await measureAll();

  const metrics = collector.metrics().map(({ name, unit, description, sum, histogram }) => {
    const { dataPoints = [], aggregationTemporality, isMonotonic } = sum ?? histogram ?? {};
    return { name, unit, description, dataPoints, aggregationTemporality, isMonotonic };
  });
  const names = metrics.map(({ name }) => name).sort();
  expect(names).toEqual(
    Object.values(genAiMetrics)
      .map(({ name }) => name)
      .filter((name) => !/execute_tool|cache_write/.test(name))
      .sort(),
  );
  for (const { name, unit, description, aggregationTemporality } of metrics) {
    const definition = Object.values(genAiMetrics).find((metric) => metric.name === name);
    expect({ unit, description }).toEqual({ unit: definition?.unit, description: definition?.description });
    // Cumulative, as Prometheus needs them.
    expect(aggregationTemporality).toBe(2);
  }
  const points = (name: string) =>
    metrics
      .find((metric) => metric.name === name)
      ?.dataPoints.map(({ attributes, ...point }) => ({ ...point, attributes: plainAttributes(attributes) }));
  expect(points('gen_ai.client.inference.duration')).toMatchObject([
    {
      count: 1,
      sum: 0.5,
      explicitBounds: [...genAiMetrics.inferenceDuration.buckets],
      bucketCounts: [0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
      attributes: { ...called, 'gen_ai.response.model': 'small-1-2026' },
    },
    { count: 1, sum: 100, attributes: { ...called, 'error.type': 'model_timeout' } },
  ]);
  expect(points('gen_ai.client.inference.usage.input_tokens')).toEqual([
    {
      asInt: 300,
      attributes: { ...called, 'gen_ai.response.model': 'small-1-2026', 'gen_ai.token.modality': 'unknown' },
    },
    // A zero, which the SDK's serializer leaves out.
    { attributes: { ...called, 'gen_ai.token.modality': 'unknown' } },
  ]);
  expect(points('gen_ai.invoke_agent.duration')).toMatchObject([
    { count: 1, sum: 2, attributes: { 'gen_ai.agent.name': 'Planner' } },
  ]);
  expect(JSON.stringify(metrics)).not.toContain('a run');
});

test('Too many series arrive as the meter has them: as many as are kept apart, and one of all the others.', async () => {
  const { telemetry } = start({ OTEL_METRICS_EXPORTER: 'otlp' });
  const sink = await telemetry.startMetrics();
  const measure = createMeter(sink ? [sink] : [], { warn: () => {} });
  for (let n = 0; n < mostSeries + 300; n += 1) {
    const models = {
      'gen_ai.request.model': `a-${n % 70}`,
      'gen_ai.response.model': `b-${Math.floor(n / 70)}`,
    };
    const tokens = { input: 2, output: 1 };
    measure({ attributes: { ...called, ...models }, seconds: 1, errorType: null, span: null, tokens });
  }
  await telemetry.shutdown(5_000);

  for (const { sum, histogram } of collector.metrics()) {
    const points = (sum ?? histogram)?.dataPoints ?? [];
    expect(points).toHaveLength(mostSeries + 1);
    const overflow = points.filter(({ attributes }) =>
      attributes.some(({ key }) => key === 'otel.metric.overflow'),
    );
    expect(overflow.map(({ attributes }) => attributes)).toEqual([
      [{ key: 'otel.metric.overflow', value: { boolValue: true } }],
    ]);
  }
  const input = collector.metrics().find(({ name }) => name === genAiMetrics.inputTokens.name);
  expect(input?.sum?.dataPoints.at(-1)).toMatchObject({ asInt: 600 });
});

test('They have the resource of the module’s spans, and the headers for metrics.', async () => {
  const secret = 'sk-abcdefghijklmnopqrstuvwxyz0123456789ABCD';
  await measureAll({
    OTEL_RESOURCE_ATTRIBUTES: `team=${secret}`,
    OTEL_EXPORTER_OTLP_METRICS_HEADERS: 'x-team=plans',
  });

  expect(collector.resource()).toMatchObject({
    'service.name': 'Agento-Module-2',
    'service.namespace': 'agento',
    'service.instance.id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    'module.number': 2,
    team: '***REDACTED***',
  });
  expect(collector.headers()).toMatchObject([
    { 'x-team': 'plans', 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' },
  ]);
});

test('Without OTEL_METRICS_EXPORTER=otlp nothing is sent.', async () => {
  const { telemetry } = start({});

  expect(await telemetry.startMetrics()).toBeNull();
  await telemetry.shutdown(1_000);
  expect(collector.headers()).toEqual([]);
});

test('They are sent without spans as well, but with OTEL_SDK_DISABLED neither is.', async () => {
  await measureAllWithoutSpans({ AGENTO_TRACING_ENABLED: 'false' });
  expect(collector.metrics()).not.toEqual([]);

  const { telemetry } = start({ OTEL_METRICS_EXPORTER: 'otlp', OTEL_SDK_DISABLED: 'true' });
  expect(await telemetry.startMetrics()).toBeNull();
});

async function measureAllWithoutSpans(env: NodeJS.ProcessEnv) {
  const { telemetry } = start({ OTEL_METRICS_EXPORTER: 'otlp', ...env });
  const sink = await telemetry.startMetrics();
  createMeter(sink ? [sink] : [])({ attributes: called, seconds: 1, errorType: null, span: null });
  await telemetry.shutdown(2_000);
}

test('A collector that is gone holds up no shutdown, and fails none.', async () => {
  const { telemetry } = start({
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://127.0.0.1:9/v1/metrics',
  });
  const sink = await telemetry.startMetrics();
  createMeter(sink ? [sink] : [])({ attributes: called, seconds: 1, errorType: null, span: null });

  await expect(telemetry.shutdown(200)).resolves.toBeUndefined();
});
