/**
 * The cost of hostile and broken input, by kind: the response's status, the longest synchronous turn of the process that
 * got it, in CPU milliseconds, and its peak memory. Bounds: no 5xx but 502, 503 and 504, no turn over 250 ms, less than
 * 400 MiB. Run it with `node bench/edges.ts` (Linux); `--only text` selects the kinds that contain that text.
 */
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer, request as httpRequest, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { eventually, startChain } from '@agento/chain';
import { answers, type RawAnswer, type Spoil } from './edge-answers.ts';
import { exports, outputs, type RawRequest, requests } from './edge-requests.ts';

const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } });
const chosen = <T>(kinds: [string, T][]) => kinds.filter(([kind]) => kind.includes(values.only));

const probe = mkdtempSync(join(tmpdir(), 'agento-edges-'));
const preload = { EDGES_PROBE: probe, NODE_OPTIONS: `--import=${join(import.meta.dirname, 'probe.ts')}` };
const bounds = { turnMs: 250, memoryMiB: 400 };
const fine = new Set([502, 503, 504]);
let [tried, outside] = [0, 0];

const chain = await startChain({ modules: [1], env: { ...preload } });
const model = await startSpoilingModel(chain.model.url);
const asking = await startChain({
  modules: [1],
  modelUrl: model.url,
  env: {
    ...preload,
    AGENTO_LLM_RETRIES: '1',
    AGENTO_SEARCH: 'model',
    AGENTO_PRICES: '{"agento-offline-1":{"input":1,"output":1}}',
  },
});
const second = await startChain({ modules: [2], env: { ...preload } });
const receiver = await startReceiverProcess();
const goal = JSON.stringify({ goal: 'Open a repair café in a small town', stop_after: 1 });

try {
  heading('the model answers with …', 'calls  log kB  trace kB');
  for (const [kind, spoil] of chosen(answers)) {
    const before = {
      calls: model.calls(),
      log: asking.service(1).log().length,
      trace: traceBytes(asking.dataDir),
    };
    model.spoil(spoil);
    await measure(
      kind,
      pidOf(asking),
      `${asking.url(1)}/run`,
      { headers: { 'content-type': 'application/json' }, body: goal },
      async () => {
        // The last spans leave within half a second.
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        const kB = (bytes: number) => (bytes / 1_000).toFixed(0).padStart(7);
        return `${String(model.calls() - before.calls).padStart(5)} ${kB(asking.service(1).log().length - before.log)}  ${kB(traceBytes(asking.dataDir) - before.trace)}`;
      },
    );
  }
  heading('POST /run with …');
  for (const [kind, request] of chosen(requests))
    await measure(kind, pidOf(chain), `${chain.url(1)}/run`, request);
  heading('POST /run of module 2 with …');
  const made = await fetch(`${chain.url(1)}/run`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: goal,
  });
  for (const [kind, make] of chosen(outputs((await made.json()) as object)))
    await measure(kind, second.service(2).process.pid ?? 0, `${second.url(2)}/run`, make());
  heading('POST /v1/traces with …');
  for (const [kind, make] of chosen(exports)) await measure(kind, receiver.pid, receiver.url, make());
} finally {
  await Promise.all([chain.stop(), asking.stop(), second.stop()]);
  receiver.stop();
  model.close();
  rmSync(probe, { recursive: true, force: true });
}
console.log(`\n${tried} kinds, ${outside} outside the bounds`);

function heading(text: string, more = ''): void {
  console.log(`\n${text.padEnd(44)} answer  turn ms  most MiB  bytes back  ${more}`);
}

async function measure(
  kind: string,
  pid: number,
  url: string,
  request: RawRequest,
  more: () => Promise<string> = async () => '',
): Promise<void> {
  await longestTurn(pid);
  if (existsSync(`/proc/${pid}`)) writeFileSync(`/proc/${pid}/clear_refs`, '5');
  const answer = await send(url, request);
  const rest = await more();
  const turnMs = await longestTurn(pid);
  const memoryMiB = mostMiB(pid);
  const over =
    (answer.status >= 500 && !fine.has(answer.status)) ||
    answer.status === 0 ||
    turnMs > bounds.turnMs ||
    memoryMiB >= bounds.memoryMiB;
  tried += 1;
  if (over) outside += 1;
  console.log(
    `${kind.padEnd(44)} ${String(answer.status || 'none').padStart(6)} ${turnMs.toFixed(0).padStart(8)} ${memoryMiB.toFixed(0).padStart(9)} ${String(answer.bytes).padStart(11)}  ${rest}${over ? '  outside' : ''}`,
  );
}

/** The longest turn since this was asked last; Infinity for a process that does not answer in a minute. */
async function longestTurn(pid: number): Promise<number> {
  const file = join(probe, String(pid));
  truncateSync(file);
  try {
    process.kill(pid, 'SIGUSR2');
    return await eventually(async () => Number(readFileSync(file, 'utf8')) || null, 'the probe');
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

function mostMiB(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** By `http.request`, which sends the headers it is told, `host` among them. Status 0: no answer came. */
function send(url: string, { method = 'POST', path, headers = {}, body }: RawRequest) {
  const target = new URL(path ?? new URL(url).pathname, url);
  return new Promise<{ status: number; bytes: number }>((resolve) => {
    const request = httpRequest(
      {
        host: target.hostname,
        port: target.port,
        path: path ?? target.pathname,
        method,
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      },
      (response) => {
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
        });
        response.on('close', () => resolve({ status: response.statusCode ?? 0, bytes }));
      },
    );
    request.setTimeout(180_000, () => request.destroy());
    request.on('error', () => resolve({ status: 0, bytes: 0 }));
    request.end(body);
  });
}

/** A proxy in front of the offline model that corrupts each answer as configured. */
async function startSpoilingModel(target: string) {
  let [calls, spoil] = [0, null as Spoil | null];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    calls += 1;
    const answer = await fetch(`${target.replace(/\/v1$/, '')}${request.url}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: Buffer.concat(chunks),
    });
    const good = await answer.text();
    // The offline model does not know a repair's question: its answer is passed on unchanged.
    if (!answer.ok || !spoil)
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(good);
    else respond(response, spoil(JSON.parse(good)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    calls: () => calls,
    spoil(next: Spoil) {
      spoil = next;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function respond(response: ServerResponse, { status, headers, body }: RawAnswer): void {
  response.writeHead(status, headers);
  if (body !== 'stream') {
    response.end(body);
    return;
  }
  const piece = Buffer.alloc(1_000_000, 'a');
  let left = 300;
  const write = () => {
    while (left > 0 && !response.destroyed) {
      left -= 1;
      if (!response.write(piece)) {
        response.once('drain', write);
        return;
      }
    }
    response.end();
  };
  response.write('{"choices":[{"message":{"content":"');
  write();
}

async function startReceiverProcess() {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../packages/receiver/src/server.ts')], {
    env: { PATH: process.env.PATH ?? '', ...preload, PORT: '0', AGENTO_DATA_DIR: probe },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const url = await eventually(async () => /http:\S+/.exec(said)?.[0] ?? null, 'the receiver');
  return { pid: child.pid ?? 0, url, stop: () => child.kill() };
}

function pidOf(of: typeof chain): number {
  return of.service(1).process.pid ?? 0;
}

function traceBytes(dataDir: string): number {
  try {
    const directory = join(dataDir, 'traces');
    return readdirSync(directory).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
  } catch {
    return 0;
  }
}
