import { startOfflineModel } from '@agento/offline-model';
import { startReceiver } from '@agento/receiver';
import { cpuMs, median } from '../measure.ts';
import { postRun } from './post.ts';
import { startDatabase } from './postgres.ts';
import { startSystem } from './system.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** How long runs are posted before, and while, they are counted; milliseconds. */
const [warmUpMs, countedMs] = [15_000, 40_000];

/**
 * Runs per second with 1, 2 and 4 replicas of each module over one Postgres, for several numbers of runs at once: a new
 * one begins whenever one ends. The model and the receiver are in this process.
 */
export async function measureReplicas(how: { latencyMs: number; atOnce: number[] }): Promise<void> {
  for (const replicas of [1, 2, 4]) {
    const folder = await temporaryFolder();
    const model = await startOfflineModel({ host: '127.0.0.1', port: 0, latencyMs: how.latencyMs });
    const receiver = await startReceiver({ host: '127.0.0.1', port: 0, directory: folder.path });
    const database = await startDatabase();
    const system = await startSystem({
      replicas,
      env: {
        OPENAI_BASE_URL: model.url,
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        AGENTO_DATABASE_URL: database.url,
      },
    });
    try {
      for (const atOnce of how.atOnce) {
        const { perSecond, wallMs, cpuShare } = await load(system.url, system.pids, atOnce);
        console.log(
          `${replicas} of each, ${String(atOnce).padStart(3)} at once: ${perSecond.toFixed(2)} runs a second, ` +
            `${(wallMs / 1_000).toFixed(1)} s a run, the services had ${cpuShare.toFixed(2)} CPUs`,
        );
      }
    } finally {
      await system.stop();
      await database.end();
      await receiver.close();
      await model.close();
      await folder.remove();
    }
  }
}

async function load(url: string, pids: number[], atOnce: number) {
  const began = performance.now();
  const until = began + warmUpMs + countedMs;
  const total = () => pids.reduce((sum, pid) => sum + cpuMs(pid), 0);
  const walls: number[] = [];
  let cpuBefore = 0;
  setTimeout(() => {
    cpuBefore = total();
  }, warmUpMs);
  const caller = async () => {
    while (performance.now() < until) {
      const { status, wallMs } = await postRun(url);
      if (status !== 200) throw new Error(`A run was refused with ${status}`);
      const now = performance.now();
      if (now > began + warmUpMs && now < until) walls.push(wallMs);
    }
  };
  const callers = Promise.all(Array.from({ length: atOnce }, caller));
  await new Promise((resolve) => setTimeout(resolve, until - performance.now()));
  const cpuShare = (total() - cpuBefore) / countedMs;
  await callers;
  return { perSecond: (walls.length * 1_000) / countedMs, wallMs: median(walls), cpuShare };
}
