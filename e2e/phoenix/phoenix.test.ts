import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Chain, eventually, post, startChain } from '@agento/chain';
import type { Module5Output } from '@agento/contracts';
import { type RunReading, readRuns } from '@agento/evidence';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collectorBinary } from '../src/collector.ts';
import { startTee, type Tee } from '../src/tee.ts';
import { startCollectorTo } from './collector.ts';
import { type Phoenix, startPhoenix } from './phoenix.ts';

const goal = 'Open a repair café in a small town';
/** US dollars per million tokens: of the offline model, which costs nothing, so that there is something to compare. */
const prices = { input: 1.25, output: 10 };
const command = join(import.meta.dirname, '../../packages/cli/src/main.mjs');

let phoenix: Phoenix;
let tee: Tee;
let chain: Chain;

beforeAll(async () => {
  phoenix = await startPhoenix();
  // Phoenix counts with its own prices, and only what arrives after they are known.
  await phoenix.ask(
    `mutation($costs:[TokenPriceInput!]!){createModel(input:{
      name:"agento-offline-1",namePattern:"^agento-offline-1$",costs:$costs}){model{id}}}`,
    {
      costs: [
        { tokenType: 'input', costPerMillionTokens: prices.input, kind: 'PROMPT' },
        { tokenType: 'output', costPerMillionTokens: prices.output, kind: 'COMPLETION' },
      ],
    },
  );
  tee = await startTee();
  chain = await startChain({
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: tee.url,
      AGENTO_PRICES: JSON.stringify({ 'agento-offline-1': prices }),
    },
  });
});

afterAll(async () => {
  await chain?.stop();
  await tee?.close();
  await phoenix?.stop();
});

interface Value {
  value: string;
  mimeType: string;
}
interface Span {
  name: string;
  spanKind: string;
  parentId: string | null;
  input: Value | null;
  output: Value | null;
  spanAnnotations: { name: string; label: string | null; score: number | null; identifier: string }[];
}
interface TraceInPhoenix {
  costSummary: { total: { cost: number | null } };
  traceAnnotations: { name: string; label: string | null; score: number | null }[];
  spans: { edges: { node: Span }[] };
}

/** A run of the chain; its spans go to the receiver, by which it is read, and to `target`. */
async function runTo(target: string, more: object = {}): Promise<RunReading> {
  tee.targets = [chain.receiver?.url ?? '', target];
  const { body } = await post<Module5Output>(chain.url(1), { goal, ...more });
  const trace = await chain.trace(body.trace_metadata.trace_id);
  const [run] = readRuns(trace);
  if (!run) throw new Error('The trace holds no run');
  return run;
}

async function inPhoenix(traceId: string) {
  const { getTraceByOtelId: found } = await phoenix.ask<{ getTraceByOtelId: TraceInPhoenix | null }>(
    `query($id:String!){getTraceByOtelId(traceId:$id){
      costSummary{total{cost}} traceAnnotations{name label score}
      spans(first:1000){edges{node{name spanKind parentId input{value mimeType} output{value mimeType}
        spanAnnotations{name label score identifier}}}}}}`,
    { id: traceId },
  );
  return found && { ...found, spans: found.spans.edges.map(({ node }) => node) };
}

/** The trace, once all of its spans are there and their costs are counted. */
const whole = ({ trace_id, span_count }: RunReading) =>
  eventually(async () => {
    const found = await inPhoenix(trace_id);
    return found?.spans.length === span_count && found.costSummary.total.cost !== null ? found : null;
  }, `${span_count} spans of ${trace_id} in Phoenix`);

const annotate = (run: RunReading) =>
  promisify(execFile)(process.execPath, [command, 'annotate', run.trace_id, '--phoenix', phoenix.url], {
    env: { ...process.env, AGENTO_DATA_DIR: chain.dataDir, NO_COLOR: '1' },
  });

describe('A run whose spans are sent to Phoenix as they are', () => {
  let run: RunReading;
  beforeAll(async () => {
    // Phoenix takes up new prices within seconds: what arrives before that costs nothing, for good.
    while ((await whole(await runTo(phoenix.url, { stop_after: 1 }))).costSummary.total.cost === 0);
    run = await runTo(phoenix.url);
  });

  test('shows its goal and its end, and of every span its kind.', async () => {
    const { spans } = await whole(run);
    const [root, ...others] = spans.filter(({ parentId }) => parentId === null);

    expect(others).toEqual([]);
    expect(root).toMatchObject({
      name: 'POST /run',
      spanKind: 'chain',
      input: { value: goal },
      output: {
        value: expect.stringMatching(/^published: .+\n\d of \d criteria met by the plan as a whole/),
      },
    });
    const kinds = Map.groupBy(spans, ({ spanKind }) => spanKind);
    expect([...kinds.keys()].sort()).toEqual(['agent', 'chain', 'evaluator', 'guardrail', 'llm']);
    for (const module of spans.filter(({ name }) => name.startsWith('run_module_')))
      expect(module).toMatchObject({ input: { value: goal }, output: { mimeType: 'json' } });
  });

  test('costs there what its spans say, to the cent.', async () => {
    const { costSummary } = await whole(run);
    const { cost_usd: ours } = run.usage.all;

    expect(ours).toBeGreaterThan(0.1);
    expect(Math.abs((costSummary.total.cost ?? 0) - (ours ?? 0))).toBeLessThan(0.01);
  });

  test('has its verdicts, outcome, score and cost once `annotate` has sent them, and no more if it sends them twice.', async () => {
    await whole(run);
    const first = await annotate(run);
    const once = await inPhoenix(run.trace_id);
    await annotate(run);
    const twice = await inPhoenix(run.trace_id);

    expect(first.stdout).toContain(`${run.verdicts.length} verdicts; outcome, score, cost_usd`);
    expect(first.stdout).not.toContain("Phoenix's own figure");
    const verdicts = once?.spans.flatMap(({ spanAnnotations }) => spanAnnotations) ?? [];
    expect(verdicts.map(({ identifier }) => identifier).sort()).toEqual(
      run.verdicts.map(({ id }) => `agento ${id}`).sort(),
    );
    expect(verdicts.every(({ label, score }) => label !== null && score !== null)).toBe(true);
    expect(once?.traceAnnotations.toSorted((one, other) => one.name.localeCompare(other.name))).toEqual([
      { name: 'cost_usd', label: null, score: run.usage.all.cost_usd },
      { name: 'outcome', label: 'published', score: null },
      { name: 'score', label: null, score: run.score },
    ]);
    expect(twice).toEqual(once);
  });
});

test('`annotate` says what to do where Phoenix has no such trace.', async () => {
  tee.targets = [chain.receiver?.url ?? ''];
  const { body } = await post<Module5Output>(chain.url(1), { goal, stop_after: 1 });
  const trace = await chain.trace(body.trace_metadata.trace_id);
  const [run] = readRuns(trace);

  await expect(annotate(run as RunReading)).rejects.toMatchObject({
    code: 3,
    stderr: expect.stringContaining('Send its trace there first'),
  });
});

const binary = collectorBinary();
if (binary === null)
  console.log('Without the collector of deploy/images/collector.sh its transform is not tried.');

describe.runIf(binary !== null)('A run whose spans go through the collector', () => {
  test('shows of each step and call what went in and what came out, and costs the same.', async () => {
    const collector = await startCollectorTo(binary ?? '', phoenix.grpc);
    try {
      const run = await runTo(collector.url);
      const { spans, costSummary } = await whole(run);
      const without = spans.filter(({ input, output }) => input === null || output === null);

      // What only frames the work.
      expect([...new Set(without.map(({ name }) => name))].sort()).toEqual(['POST', 'POST /run', 'request']);
      expect(without.length).toBe(13);
      expect(spans.find(({ spanKind }) => spanKind === 'llm')).toMatchObject({
        input: { value: expect.stringMatching(/^\[\{"role":"system"/), mimeType: 'json' },
        output: { value: expect.stringMatching(/^\[\{"role":"assistant"/), mimeType: 'json' },
      });
      expect(spans.find(({ name }) => name === 'plan_selection')?.output?.value).toMatch(
        /^\{"selected":"p\d"/,
      );
      expect(Math.abs((costSummary.total.cost ?? 0) - (run.usage.all.cost_usd ?? 0))).toBeLessThan(0.01);
    } finally {
      await collector.stop();
    }
  });
});
