import { startOfflineModel } from '@agento/offline-model';
import { startReceiver } from '@agento/receiver';
import { median, residentMiB } from '../measure.ts';
import { postRun } from './post.ts';
import { startSystem } from './system.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Runs that are worked on at once, and that wait. */
const [working, waiting] = [4, 4];
const fits = working + waiting;

/**
 * As many runs at once as fit, then four times as many, in turns: how soon the rest is refused, how much longer the
 * accepted ones take, and what that leaves in memory.
 */
export async function measureOverload(how: { latencyMs: number; rounds: number }): Promise<void> {
  const folder = await temporaryFolder();
  const model = await startOfflineModel({ host: '127.0.0.1', port: 0, latencyMs: how.latencyMs });
  const receiver = await startReceiver({ host: '127.0.0.1', port: 0, directory: folder.path });
  const system = await startSystem({
    env: {
      OPENAI_BASE_URL: model.url,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      AGENTO_MAX_RUNS: String(working),
      AGENTO_MAX_QUEUED_RUNS: String(waiting),
    },
  });
  const rounds = { fitting: [] as number[], accepted: [] as number[], refused: [] as number[] };
  const memory: number[] = [];
  try {
    for (let round = -2; round < how.rounds; round += 1) {
      const fitting = await atOnce(system.url, fits);
      const over = await atOnce(system.url, 4 * fits);
      // Spans and memory settle.
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      memory.push(system.pids.reduce((sum, pid) => sum + residentMiB(pid), 0));
      if (round < 0) continue;
      rounds.fitting.push(...fitting.accepted);
      rounds.accepted.push(...over.accepted);
      rounds.refused.push(...over.refused);
    }
    const [fitting, accepted] = [median(rounds.fitting), median(rounds.accepted)];
    console.log(
      `${fits} at once: ${(fitting / 1_000).toFixed(2)} s; of ${4 * fits}, ${rounds.accepted.length / how.rounds} accepted: ` +
        `${(accepted / 1_000).toFixed(2)} s, × ${(accepted / fitting).toFixed(2)}`,
    );
    console.log(
      `${rounds.refused.length / how.rounds} refused after ${median(rounds.refused).toFixed(0)} ms, ` +
        `the last after ${Math.max(...rounds.refused).toFixed(0)} ms`,
    );
    console.log(`resident, after each round, MiB: ${memory.map((size) => size.toFixed(0)).join(', ')}`);
  } finally {
    await system.stop();
    await receiver.close();
    await model.close();
    await folder.remove();
  }
}

async function atOnce(url: string, runs: number) {
  const answers = await Promise.all(Array.from({ length: runs }, () => postRun(url)));
  const of = (status: number) => answers.filter((one) => one.status === status).map(({ wallMs }) => wallMs);
  return { accepted: of(200), refused: of(503) };
}
