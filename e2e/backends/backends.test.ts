import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { post, startChain } from '@agento/chain';
import type { Module5Output } from '@agento/contracts';
import { parseTraces, type RecordedSpan, type RunReading, readRuns } from '@agento/evidence';
import { beforeAll, describe, expect, test } from 'vitest';
import { collectorBinary, collectorFile, startCollector } from '../src/collector.ts';
import { startTee } from '../src/tee.ts';
import { startIntake, type Taken } from './intake.ts';

const goal = 'Open a repair café in a small town';
const backends = ['langfuse', 'tempo', 'datadog', 'honeycomb'] as const;

/** What each backend would have been sent of one run. */
const sent = new Map<(typeof backends)[number], RecordedSpan[]>();
let run: RunReading;
/** What came to the address of those that take OTLP over HTTP, by their own exporters. */
const taken: Record<'langfuse' | 'datadog', Taken[]> = { langfuse: [], datadog: [] };

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'agento-backends-'));
  const file = (name: string) => join(folder, `${name}.jsonl`);
  const base = collectorFile('otelcol.yaml');
  const checks = base.service.pipelines.traces?.processors ?? [];
  const ways = backends.map((name) => ({ name, ...collectorFile(`deploy/collector/${name}.yaml`) }));
  const intakes = { langfuse: await startIntake(), datadog: await startIntake() };
  const overHttp = (name: string) => (name in intakes ? [`otlp_http/${name}`] : []);
  // Their own exporters, but with a queue in memory.
  const inMemory = Object.entries(Object.assign({}, ...ways.map(({ exporters }) => exporters)))
    .filter(([exporter]) => exporter.startsWith('otlp_http/'))
    .map(([exporter, given]) => {
      const { sending_queue, ...rest } = given as (typeof ways)[number]['exporters'][string];
      return [exporter, { ...rest, sending_queue: { ...sending_queue, storage: null } }];
    });
  const collector = await startCollector(
    collectorBinary() ?? '',
    {
      processors: Object.assign({}, base.processors, ...ways.map(({ processors }) => processors)),
      exporters: {
        ...Object.fromEntries(backends.map((name) => [`file/${name}`, { path: file(name) }])),
        ...Object.fromEntries(inMemory),
      },
      pipelines: Object.fromEntries(
        ways.map(({ name, service }) => {
          const transform = service.pipelines[`traces/${name}`]?.processors ?? [];
          const processors = [...checks, ...transform];
          const exporters = [`file/${name}`, ...overHttp(name)];
          return [`traces/${name}`, { receivers: ['otlp'], processors, exporters }];
        }),
      ),
    },
    {
      AGENTO_LANGFUSE_OTLP_ENDPOINT: `${intakes.langfuse.url}/api/public/otel`,
      AGENTO_DATADOG_TRACES_ENDPOINT: `${intakes.datadog.url}/v1/traces`,
      BACKEND_AUTHORIZATION: 'backend-key',
    },
  );
  const tee = await startTee();
  const prices = { 'agento-offline-1': { input: 1.25, output: 10 } };
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: tee.url, AGENTO_PRICES: JSON.stringify(prices) };
  const chain = await startChain({ env });
  try {
    tee.targets = [chain.receiver?.url ?? '', collector.url];
    const { body } = await post<Module5Output>(chain.url(1), { goal });
    const trace = await chain.trace(body.trace_metadata.trace_id);
    [run] = readRuns(trace) as [RunReading];
  } finally {
    await chain.stop();
    await tee.close();
    await collector.stop();
    for (const name of ['langfuse', 'datadog'] as const) {
      taken[name].push(...intakes[name].taken);
      await intakes[name].close();
    }
  }
  for (const name of backends) {
    const traces = parseTraces(await readFile(file(name), 'utf8'));
    sent.set(name, traces.find(({ trace_id }) => trace_id === run.trace_id)?.spans ?? []);
  }
  await rm(folder, { recursive: true });
});

test.each([
  {
    name: 'langfuse',
    path: '/api/public/otel/v1/traces',
    most: 5_000_000,
    headers: { authorization: 'backend-key', 'x-langfuse-ingestion-version': '4' },
  },
  {
    name: 'datadog',
    path: '/v1/traces',
    most: 3_200_000,
    headers: { 'dd-api-key': 'backend-key', 'dd-otlp-source': 'llmobs' },
  },
] as const)(
  'What $name is posted goes where it takes it, with the key, in requests that it takes.',
  ({ name, path, most, headers }) => {
    expect(taken[name].length).toBeGreaterThan(0);
    for (const request of taken[name]) {
      expect(request).toMatchObject({ path, headers });
      expect(request.bytes).toBeLessThanOrEqual(most);
    }
  },
);

const spansFor = (name: (typeof backends)[number]) => sent.get(name) ?? [];
const isCall = ({ attributes }: RecordedSpan) => attributes['agento.step'] === 'model.call';

test.each(backends)('All spans of a run are sent to %s.', (name) => {
  expect(spansFor(name)).toHaveLength(run.span_count);
});

describe('Langfuse is told', () => {
  test('the goal as the name of the trace, and the run to filter by.', () => {
    const spans = spansFor('langfuse');
    const names = spans.flatMap(({ attributes }) => attributes['langfuse.trace.name'] ?? []);
    const runs = spans.flatMap(({ attributes }) => attributes['langfuse.trace.metadata.run_id'] ?? []);
    expect(new Set(names)).toEqual(new Set([goal]));
    expect(new Set(runs)).toEqual(new Set([run.run_id]));
  });

  test('what every call was asked and answered, and what it cost.', () => {
    const calls = spansFor('langfuse').filter(isCall);
    for (const { attributes } of calls) {
      expect(attributes['langfuse.observation.input']).toBe(attributes['gen_ai.input.messages']);
      expect(attributes['langfuse.observation.output']).toBe(attributes['gen_ai.output.messages']);
    }
    const cost = calls.reduce((sum, { attributes }) => sum + Number(attributes['gen_ai.usage.cost']), 0);
    expect(cost).toBeCloseTo(run.usage.all.cost_usd ?? Number.NaN, 6);
  });

  test('what went into every step that asks a model, and what came out.', () => {
    const steps = spansFor('langfuse').filter(({ attributes }) => attributes['agento.step'] === 'agent.run');
    const known = steps.filter(
      ({ attributes }) =>
        attributes['langfuse.observation.input'] !== undefined &&
        attributes['langfuse.observation.output'] !== undefined,
    );
    expect(known).toHaveLength(steps.length);
    expect(steps.length).toBeGreaterThan(0);
  });
});

describe.each([
  { name: 'tempo', most: 2_048, cuts: true },
  { name: 'datadog', most: 25_000, cuts: true },
  { name: 'honeycomb', most: 65_535, cuts: false },
] as const)('To $name', ({ name, most, cuts }) => {
  /** What has attributes, here and as it was recorded. */
  const parts = (spans: RecordedSpan[]) => spans.flatMap((span) => [span, ...span.events]);

  test('no value is sent that it would cut, and what has been cut says so.', () => {
    // Langfuse is sent whole values.
    const whole = parts(spansFor('langfuse')).map(({ attributes }) => attributes);
    const pairs = parts(spansFor(name)).map(({ attributes }, index) => ({
      after: attributes,
      before: whole[index] ?? {},
    }));
    const longest = Math.max(...pairs.flatMap(({ after }) => Object.values(after).map(bytes)));
    expect(longest).toBeLessThanOrEqual(most);
    const cut = ({ before, after }: (typeof pairs)[number]) =>
      Object.keys(before).some((key) => bytes(before[key]) > bytes(after[key]) && after[key] !== undefined);
    const marked = pairs.filter(({ after }) => after['agento.collector.cut'] === true);
    expect(marked).toEqual(pairs.filter(cut));
    expect(marked.length > 0).toBe(cuts);
  });
});

test('Honeycomb is told a conversation and an agent for every span that its Agent Timeline shows.', () => {
  const shown = spansFor('honeycomb').filter(({ attributes }) => attributes['gen_ai.operation.name']);
  const agents = shown.filter(({ attributes }) => attributes['gen_ai.agent.name']);
  const conversations = shown.map(({ attributes }) => attributes['gen_ai.conversation.id']);
  expect(new Set(conversations)).toEqual(new Set([run.run_id]));
  expect(agents).toHaveLength(shown.length);
});

function bytes(value: unknown): number {
  return Buffer.byteLength(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
}
