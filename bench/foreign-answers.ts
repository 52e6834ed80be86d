/**
 * The cost of oversized answers of a model to a step: CPU time of the asking thread, per call as a ratio to an ordinary
 * answer of the same size, its longest synchronous turn, and how often the endpoint was called. The endpoint runs in its
 * own thread. `answers.ts` has the cost of reading the text of an answer. Run with
 * `node bench/foreign-answers.ts`.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import {
  ask,
  createBudget,
  createLedger,
  createMemoryJournal,
  createModelClient,
  defineAgent,
  readModelSettings,
} from '@agento/agent';
import { expansionEvaluation, moduleInfo, searchStep } from '@agento/contracts';
import { startTelemetry } from '@agento/tracing/service';
import { median } from './measure.ts';

const rounds = 3;
const limit = 8 * 1024 * 1024;
const verdict = { reasoning: 'It names a date.', score: 80 };

/** A completion of about that many bytes: the text repeated between what comes before and after it. */
function filled(bytes: number, text: string, before = '', after = ''): string {
  const size = JSON.stringify(text).length - 2;
  return completion({ content: before + text.repeat(Math.floor((bytes - 1_000) / size)) + after });
}
function completion(message: object): string {
  return JSON.stringify({ choices: [{ finish_reason: 'stop', message }] });
}
function ordinary(bytes: number): string {
  const [before, after] = JSON.stringify({ ...verdict, reasoning: '|' }).split('|');
  return filled(bytes, 'It names a date, and the date is one that can be kept. ', before, after);
}
function toolCalls(count: number): string {
  const tool_calls = Array.from({ length: count }, (_, index) => ({
    id: `t${index}`,
    type: 'function',
    function: { name: 'web_search', arguments: `{"query":"${index}"}` },
  }));
  return completion({ content: null, tool_calls });
}

/** A body, whether it is compressed, and how often it is sent. */
type Make = () => { body: string | Buffer; gzip?: boolean; times?: number };
const kinds: [string, Make][] = [
  ['300 MB', () => ({ body: ordinary(limit).slice(0, 3_000_000), times: 100 })],
  [
    '1 MB of gzip, a gigabyte in it',
    () => ({ body: gzipSync(Buffer.alloc(1_000_000_000, 'a')), gzip: true }),
  ],
  ['200 tool calls', () => ({ body: toolCalls(200) })],
  ['100,000 tool calls', () => ({ body: toolCalls(100_000).slice(0, limit) })],
  ['8 MB of [', () => ({ body: '['.repeat(limit) })],
  ['keys of 200 kB', () => ({ body: filled(limit, `,"${'k'.repeat(200_000)}":1`, '{"a":1', '}') })],
  ['45,000 keys', () => ({ body: completion({ content: JSON.stringify(manyKeys(45_000)) }) })],
];
function manyKeys(count: number): object {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`key ${index}`, index]));
}

if (isMainThread) await measureAll();
else serve();

/** `/{kind}/v1` spoils each answer in that way, `/{kind}-ordinary/v1` gives one of the same size. */
function serve(): void {
  const made = new Map<string, ReturnType<Make>>();
  let calls = 0;
  const bodyOf = (name: string) => {
    const known = made.get(name);
    if (known) return known;
    const index = Number.parseInt(name, 10);
    const kind = (kinds[index] as [string, Make])[1]();
    const size = kind.gzip || kind.times ? limit : Math.min(limit, kind.body.length);
    const answer = name.endsWith('ordinary') ? { body: ordinary(size) } : kind;
    made.clear();
    made.set(name, answer);
    return answer;
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const [, name = ''] = request.url?.split('/') ?? [];
    if (name === 'calls') {
      response.end(String(calls));
      calls = 0;
      return;
    }
    calls += 1;
    if (Buffer.concat(chunks).includes('web_search_options')) {
      response.end(completion({ content: 'Found.' }));
      return;
    }
    const { body, gzip, times = 1 } = bodyOf(name);
    response.writeHead(200, {
      'content-type': 'application/json',
      ...(gzip && { 'content-encoding': 'gzip' }),
    });
    for (let time = 0; time < times && !response.destroyed; time += 1) {
      if (response.write(body)) continue;
      const { promise, resolve } = Promise.withResolvers<void>();
      response.once('drain', resolve).once('close', resolve);
      await promise;
    }
    response.end();
  });
  server.listen(0, '127.0.0.1', () => parentPort?.postMessage((server.address() as AddressInfo).port));
}

async function measureAll(): Promise<void> {
  startTelemetry({
    module: moduleInfo(3),
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'disabled' },
    dataDir: '/nowhere',
  });
  const endpoint = new Worker(new URL(import.meta.url));
  const port = await new Promise<number>((resolve) => endpoint.once('message', resolve));
  console.log(
    `${'the model answers with …'.padEnd(36)} outcome         calls   ms CPU  x ordinary  longest turn`,
  );
  for (const [index, [name]] of kinds.entries()) {
    const turns: Record<'spoilt' | 'ordinary', Measured[]> = { spoilt: [], ordinary: [] };
    for (let round = 0; round < rounds; round += 1) {
      turns.ordinary.push(await measure(port, `${index}-ordinary`, name));
      turns.spoilt.push(await measure(port, String(index), name));
    }
    const of = (kind: 'spoilt' | 'ordinary', what: 'cpuMs' | 'calls' | 'turnMs') =>
      median(turns[kind].map((turn) => turn[what]));
    const perCall = (kind: 'spoilt' | 'ordinary') => of(kind, 'cpuMs') / of(kind, 'calls');
    console.log(
      `${name.padEnd(36)} ${(turns.spoilt[0]?.outcome ?? '').padEnd(14)} ${String(of('spoilt', 'calls')).padStart(6)} ` +
        `${of('spoilt', 'cpuMs').toFixed(0).padStart(8)} ${(perCall('spoilt') / perCall('ordinary')).toFixed(2).padStart(11)} ` +
        `${of('spoilt', 'turnMs').toFixed(0).padStart(10)} ms`,
    );
  }
  await endpoint.terminate();
}

interface Measured {
  outcome: string;
  calls: number;
  cpuMs: number;
  turnMs: number;
}

async function measure(port: number, path: string, name: string): Promise<Measured> {
  const searches = name.includes('tool calls') && !path.endsWith('ordinary');
  const settings = readModelSettings({
    OPENAI_BASE_URL: `http://127.0.0.1:${port}/${path}/v1`,
    AGENTO_SEARCH: searches ? 'openai' : 'model',
    AGENTO_LLM_RETRIES: '1',
  });
  const models = createModelClient(settings);
  const fixture = (file: string) => new URL(`../packages/agent/test/fixtures/${file}.md`, import.meta.url);
  const ledger = createLedger(3);
  const run = {
    id: '5f0c8f7e-53c5-4c35-9d0b-3d1d6a1b2c3d',
    module: moduleInfo(3),
    signal: new AbortController().signal,
    models,
    maxAttempts: 2,
    ledger,
    budget: createBudget({ limits: {}, earlier: [], ledger, settings }),
    guardrails: null,
    journal: createMemoryJournal(),
    emit() {},
  };
  const asked = () =>
    searches
      ? ask(run, defineAgent(searchStep, fixture('search-agent'), { searches }), {
          input: { goal: 'Open a repair café' },
          make: (answer) => answer,
          outcome: () => ({ summary: '', attributes: { 'agento.sources.count': 0 } }),
        })
      : ask(run, defineAgent(expansionEvaluation, fixture('item-evaluator')), {
          itemId: 'p1-i1',
          criterionId: 'c1',
          planId: 'p1',
          links: { criterion: [], item: [] },
          input: {
            goal: 'Open a repair café',
            constraints: [],
            plan: { plan_title: 'A café that repairs', item_titles: ['Room', 'People'] },
            item: { id: 'p1-i1', item_title: 'Room', item_description: 'Find one by May.' },
            criterion: { id: 'c1', criteria: 'It is dated', reasoning: 'Dates bind.' },
          },
          make: (answer) => answer,
          outcome: () => ({
            summary: '',
            attributes: { 'agento.verdict.pass': true, 'agento.verdict.score': 1 },
          }),
        });
  let [last, longest] = [onCpu(), 0];
  const look = () => {
    const now = onCpu();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(look, 5);
  const before = onCpu();
  const outcome = await asked().then(
    () => 'ok',
    (error: { code?: string }) => error.code ?? 'unknown',
  );
  look();
  const cpuMs = onCpu() - before;
  clearInterval(timer);
  await models.close();
  const calls = Number(await (await fetch(`http://127.0.0.1:${port}/calls`)).text());
  return { outcome, calls, cpuMs, turnMs: longest };
}

/** Milliseconds that this thread has had on a CPU. */
function onCpu(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
