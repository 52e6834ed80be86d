import { startOfflineModel } from '@agento/offline-model';
import { startReceiver } from '@agento/receiver';
import { median } from '../measure.ts';
import { type Cost, costOf } from '../one-run.ts';
import { postRun } from './post.ts';
import { type BenchDatabase, startDatabase } from './postgres.ts';
import { type System, startSystem } from './system.ts';
import { temporaryFolder } from './temporary-folder.ts';

interface Variant {
  name: string;
  system: System;
  samples: Cost[];
}

/**
 * What keeping a run costs: CPU of the five services and wall time per run, with the folder, with Postgres and, from
 * another checkout, as it was before; in turns. Then what Postgres did for one run.
 */
export async function measureOverhead(how: {
  before: string | null;
  latencyMs: number;
  runs: number;
  warmUp: number;
}): Promise<void> {
  const folder = await temporaryFolder();
  const model = await startOfflineModel({ host: '127.0.0.1', port: 0, latencyMs: how.latencyMs });
  const receiver = await startReceiver({ host: '127.0.0.1', port: 0, directory: folder.path });
  const database = await startDatabase();
  const env = { OPENAI_BASE_URL: model.url, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
  const variants: Variant[] = [];
  const add = (name: string, system: System) => variants.push({ name, system, samples: [] });
  try {
    if (how.before !== null) add('before', await startSystem({ checkout: how.before, env }));
    add('folder', await startSystem({ env }));
    add('Postgres', await startSystem({ env: { ...env, AGENTO_DATABASE_URL: database.url } }));
    for (let index = 0; index < how.warmUp; index += 1)
      for (const { system } of variants) await postRun(system.url);
    for (let index = 0; index < how.runs; index += 1) {
      for (const { system, samples } of variants)
        samples.push(await costOf(system.pids, () => postRun(system.url)));
    }
    report(variants);
    await reportDatabase(database, variants.at(-1)?.system.url ?? '', how.runs);
  } finally {
    await Promise.all(variants.map(({ system }) => system.stop()));
    await database.end();
    await receiver.close();
    await model.close();
    await folder.remove();
  }
}

function report(variants: Variant[]): void {
  const [first] = variants;
  for (const { name, samples } of variants) {
    const ratios = (pick: (sample: Variant['samples'][number]) => number) => {
      const pairs = samples.map((sample, index) => {
        const other = first?.samples[index];
        return other ? pick(sample) / pick(other) : Number.NaN;
      });
      return median(pairs).toFixed(3);
    };
    const [cpu, wall] = [median(samples.map((one) => one.cpuMs)), median(samples.map((one) => one.wallMs))];
    console.log(
      `${name.padEnd(9)} CPU ${cpu.toFixed(0).padStart(5)} ms, × ${ratios((one) => one.cpuMs)}; ` +
        `wall ${wall.toFixed(0).padStart(5)} ms, × ${ratios((one) => one.wallMs)}`,
    );
  }
}

/** Without what the services ask for anyway: heartbeats and looks for runs to go on with. */
async function reportDatabase(database: BenchDatabase, url: string, runs: number): Promise<void> {
  const settle = () => new Promise((resolve) => setTimeout(resolve, 3_000));
  await settle();
  const began = performance.now();
  const before = await database.work();
  for (let index = 0; index < runs; index += 1) await postRun(url);
  await settle();
  const after = await database.work();
  const busyMs = performance.now() - began;
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  const idle = await database.work();
  const idleMs = performance.now() - began - busyMs;
  const perRun = (name: keyof typeof after) => {
    const background = ((idle[name] - after[name]) * busyMs) / idleMs;
    return (after[name] - before[name] - (name === 'stored' ? 0 : background)) / runs;
  };
  console.log(
    `Postgres, a run: ${perRun('statements').toFixed(0)} statements, ${perRun('inserted').toFixed(0)} rows inserted, ` +
      `${perRun('updated').toFixed(0)} updated, ${(perRun('stored') / 1024).toFixed(0)} KiB stored, ` +
      `${(perRun('logged') / 1024).toFixed(0)} KiB of log; idle: ${(((idle.statements - after.statements) * 1_000) / idleMs).toFixed(1)} statements a second`,
  );
}
