/**
 * What a run costs in this checkout and in others, interleaved: `node bench/checkouts.ts ../before`. Each is started several
 * times, for two starts of the same code may differ by more than two versions do (`--starts 2`, `--runs 40`,
 * `--warm-up 25`). `--no-export`: without a collector.
 *
 * CPU is time of the service processes on a CPU, from /proc (Linux). `of medians` is the ratio of the medians, `of
 * neighbours` the median of the ratios of neighbouring runs: where they disagree, the machine was not quiet.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type * as Chains from '@agento/chain';
import { median } from './measure.ts';
import { costOf, exportedBytes, pidsOf, runOnce } from './one-run.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '40' },
    'warm-up': { type: 'string', default: '25' },
    starts: { type: 'string', default: '2' },
    'no-export': { type: 'boolean', default: false },
  },
});
const own = resolve(import.meta.dirname, '..');
if (positionals.length === 0) {
  console.error('Name at least one other checkout, installed: node bench/checkouts.ts ../before');
  process.exit(2);
}
const checkouts = [...positionals.map((folder) => resolve(folder)), own].map((folder) => ({
  folder,
  cpuMs: [] as number[],
  bytes: 0,
}));
const runs = Number(values.runs);
const starts = Number(values.starts);

for (let start = 0; start < starts; start += 1) {
  const started = await Promise.all(
    checkouts.map(async (checkout) => {
      const { startChain } = (await import(
        `${checkout.folder}/packages/chain/src/index.ts`
      )) as typeof Chains;
      const chain = await startChain({
        env: values['no-export'] ? { OTEL_EXPORTER_OTLP_ENDPOINT: 'disabled' } : {},
      });
      return { checkout, chain, pids: pidsOf(chain) };
    }),
  );
  for (let index = 0; index < Number(values['warm-up']); index += 1)
    for (const { chain } of started) await runOnce(chain);
  const sent = () =>
    Promise.all(started.map(({ chain }) => (values['no-export'] ? 0 : exportedBytes(chain))));
  await new Promise((done) => setTimeout(done, 1_500));
  const before = await sent();
  for (let index = 0; index < runs; index += 1) {
    for (const { checkout, chain, pids } of index % 2 ? started : started.toReversed())
      checkout.cpuMs.push((await costOf(pids, () => runOnce(chain))).cpuMs);
  }
  const after = await sent();
  for (const [place, { checkout }] of started.entries())
    checkout.bytes += (after[place] ?? 0) - (before[place] ?? 0);
  await Promise.all(started.map(({ chain }) => chain.stop()));
}

const [first] = checkouts;
if (!first) throw new Error('No checkout');
console.log(`${runs * starts} runs each, ${starts} starts; compared with ${first.folder}\n`);
console.log('CPU ms/run   of medians   of neighbours   KiB sent/run   checkout');
for (const { folder, cpuMs, bytes } of checkouts) {
  const paired = median(cpuMs.map((value, place) => value / (first.cpuMs[place] ?? value)));
  console.log(
    [
      median(cpuMs).toFixed(1).padStart(10),
      `× ${(median(cpuMs) / median(first.cpuMs)).toFixed(3)}`.padStart(10),
      `× ${paired.toFixed(3)}`.padStart(13),
      (bytes / runs / starts / 1_024).toFixed(1).padStart(12),
      folder,
    ].join('   '),
  );
}
