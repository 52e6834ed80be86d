/**
 * The cost of a receiver outage: sequential runs before, during and after it. Prints the median run time, the
 * services' memory, and whether every span is accounted for: the services' counts against the receiver's.
 * `--seconds 60` is the length of the outage.
 *
 * A heap grows for some minutes under load, with or without a receiver. So there are two phases of the same length
 * before the outage: growth from the first to the second is not due to the outage.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { eventually, startChain } from '@agento/chain';
import { chain as order } from '@agento/contracts';
import { startReceiver } from '@agento/receiver';
import type { DeliveryStats } from '@agento/tracing';
import { median, residentMiB } from './measure.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' } } });
const outageMs = Number(values.seconds) * 1_000;

const directory = await mkdtemp(join(tmpdir(), 'agento-outage-'));
let receiver = await startReceiver({ host: '127.0.0.1', port: 0, directory });
const { port } = receiver;
const chain = await startChain({ latencyMs: 20, env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } });
const pids = order.map(({ number }) => chain.service(number).process.pid ?? 0);
let received = 0;

const settling = await runFor(outageMs);
const up = await runFor(outageMs);
// A request that is being answered while the receiver closes counts as well.
await receiver.close();
received += receiver.counts().spans;
const down = await runFor(outageMs);
receiver = await startReceiver({ host: '127.0.0.1', port, directory });
const after = await runFor(outageMs / 4);
const figures = await eventually(async () => {
  const all = await Promise.all(order.map(({ number }) => chain.figures(number)));
  return all.every(({ queued, spooled }) => queued === 0 && spooled === 0) ? all : null;
}, 'the spools to be sent');
received += receiver.counts().spans;

console.log('                runs   failed   median ms   resident MiB');
for (const [name, phase] of Object.entries({ settling, up, gone: down, 'back again': after })) {
  console.log(
    `${name.padEnd(12)} ${String(phase.times.length).padStart(7)} ${String(phase.failed).padStart(8)} ${median(phase.times).toFixed(0).padStart(11)} ${phase.memory.toFixed(0).padStart(14)}`,
  );
}
const sum = (pick: (figures: DeliveryStats) => number) =>
  figures.reduce((total, entry) => total + pick(entry), 0);
const dropped = sum((entry) => Object.values(entry.dropped).reduce((total, count) => total + count, 0));
console.log(`\ngone / up: time × ${(median(down.times) / median(up.times)).toFixed(3)}`);
console.log(
  `memory of the five services: ${grown(settling, up)} while it was up, ${grown(up, down)} while it was gone`,
);
console.log(
  `spans: ${sum(({ ended }) => ended)} ended, ${sum(({ exported }) => exported)} exported, ${dropped} dropped; the receiver counted ${received} (${sum(({ duplicates_possible }) => duplicates_possible)} may have come twice)`,
);
await chain.stop();
await receiver.close();
await rm(directory, { recursive: true, force: true });

interface Phase {
  times: number[];
  failed: number;
  /** Of the five services together, at the phase's end, in MiB. */
  memory: number;
}

function grown(from: Phase, to: Phase): string {
  const by = Math.round(to.memory - from.memory);
  return `${by < 0 ? '−' : '+'}${Math.abs(by)} MiB`;
}

/** Runs one after the other for that long. */
async function runFor(milliseconds: number): Promise<Phase> {
  const times: number[] = [];
  let failed = 0;
  const until = Date.now() + milliseconds;
  while (Date.now() < until) {
    const began = performance.now();
    const answer = await fetch(`${chain.url(1)}/run`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ goal: 'Open a repair café in a small town' }),
    });
    await answer.arrayBuffer();
    if (!answer.ok) failed += 1;
    times.push(performance.now() - began);
  }
  return { times, failed, memory: pids.reduce((total, pid) => total + residentMiB(pid), 0) };
}
