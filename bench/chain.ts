/**
 * What a run costs, in one interleaved measurement: the five services with full evidence, the same with
 * tracing off, and, as the floor, the same model calls by a bare `openai` client in one process with no
 * tracing and no checking. Run it with `pnpm bench` (`--runs 15`, `--warm-up 25`, `--latency 200`).
 *
 * CPU is time of the service processes on a CPU, from /proc (Linux); wall time is what a caller waits.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { startChain } from '@agento/chain';
import type { Module5Output } from '@agento/contracts';
import { median, residentMiB } from './measure.ts';
import { type Cost, costOf, exportedBytes, pidsOf, runOnce } from './one-run.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '15' },
    latency: { type: 'string', default: '0' },
    'warm-up': { type: 'string', default: '25' },
  },
});
const runs = Number(values.runs);
const latencyMs = Number(values.latency);
/** Model calls that depend on each other: 3, 2, 2, 3 and 5 in modules 1 to 5. */
const dependentCalls = 15;

interface Variant {
  name: string;
  pids: number[];
  run(): Promise<void>;
  samples: Cost[];
}

const recorder = await startRecorder();
const traced = await startChain({ latencyMs });
const untraced = await startChain({
  latencyMs,
  env: { AGENTO_TRACING_ENABLED: 'false', OTEL_EXPORTER_OTLP_ENDPOINT: 'disabled' },
});
recorder.forwardTo(traced.model.url);
const recording = await startChain({
  modelUrl: recorder.url,
  env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'disabled' },
});
const sample = await runOnce(recording);
await recording.stop();
const floor = await startFloor(recorder.bodies, traced.model.url);

const variants: Variant[] = [
  { name: 'full evidence', pids: pidsOf(traced), run: async () => void (await runOnce(traced)), samples: [] },
  {
    name: 'tracing off',
    pids: pidsOf(untraced),
    run: async () => void (await runOnce(untraced)),
    samples: [],
  },
  { name: 'bare client', pids: [floor.pid], run: floor.run, samples: [] },
];
// Each service gets only its share of the calls, so it takes a while until its code is compiled.
for (let index = 0; index < Number(values['warm-up']); index += 1)
  for (const variant of variants) await variant.run();
const before = traced.receiver?.counts();
const bytesBefore = await exportedBytes(traced);
for (let index = 0; index < runs; index += 1)
  for (const variant of variants) variant.samples.push(await costOf(variant.pids, variant.run));
// The last batch leaves within half a second of its last span.
await new Promise((resolve) => setTimeout(resolve, 1_500));
const after = traced.receiver?.counts();
const bytes = (await exportedBytes(traced)) - bytesBefore;

const [full, off, bare] = variants.map((variant) => ({
  name: variant.name,
  cpu: median(variant.samples.map(({ cpuMs }) => cpuMs)),
  wall: median(variant.samples.map(({ wallMs }) => wallMs)),
  memory: variant.pids.reduce((sum, pid) => sum + residentMiB(pid), 0),
}));
if (!full || !off || !bare) throw new Error('A variant is missing');
console.log(
  `${runs} runs of ${recorder.bodies.length} model calls, ${latencyMs} ms a call; ${items(sample)}\n`,
);
console.log('                    CPU ms/run   wall ms/run   resident MiB');
for (const row of [full, off, bare]) {
  console.log(
    `${row.name.padEnd(18)} ${row.cpu.toFixed(0).padStart(11)} ${row.wall.toFixed(0).padStart(13)} ${row.memory.toFixed(0).padStart(14)}`,
  );
}
console.log(
  `\nfull evidence / tracing off: CPU × ${(full.cpu / off.cpu).toFixed(2)}, wall × ${(full.wall / off.wall).toFixed(3)}`,
);
console.log(`full evidence / bare client: CPU × ${(full.cpu / bare.cpu).toFixed(2)}`);
if (latencyMs > 0) {
  console.log(
    `full evidence / the model's own time: wall × ${(full.wall / (dependentCalls * latencyMs)).toFixed(3)}`,
  );
}
if (before && after) {
  const spans = (after.spans - before.spans) / runs;
  console.log(
    `spans a run: ${spans.toFixed(0)}; sent a run, gzipped: ${(bytes / runs / 1024).toFixed(0)} KiB`,
  );
}
await Promise.all([traced.stop(), untraced.stop()]);
floor.stop();
recorder.close();

function items({ expanded_outline, selected_criteria }: Module5Output): string {
  return `${expanded_outline.plan_items.length} items, ${selected_criteria.length} criteria`;
}

/** A proxy in front of the model that records every request, so that the floor can make exactly the same calls. */
async function startRecorder() {
  const bodies: string[] = [];
  let target = '';
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const body = Buffer.concat(chunks).toString();
      if (request.method === 'POST') bodies.push(body);
      const answer = await fetch(`${target}${request.url}`, {
        method: request.method ?? 'GET',
        headers: { 'content-type': 'application/json' },
        ...(request.method === 'POST' && { body }),
      });
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(await answer.text());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    bodies,
    forwardTo(url: string) {
      target = url.replace(/\/v1$/, '');
    },
    close: () => server.close(),
  };
}

async function startFloor(bodies: string[], url: string) {
  const child: ChildProcess = fork(new URL('./floor.ts', import.meta.url).pathname);
  const answered = () => new Promise<void>((resolve) => child.once('message', () => resolve()));
  const ready = answered();
  child.send({ bodies, url });
  await ready;
  return {
    pid: child.pid ?? 0,
    run() {
      const done = answered();
      child.send('run');
      return done;
    },
    stop: () => child.kill(),
  };
}
