import { exporting } from '../chain.ts';
import { distinctGoals } from '../kills/goals.ts';
import { partsOf, unsettledAmong } from '../kills/kills.ts';
import { seededRandom } from '../kills/random.ts';
import { follow, type KnownRun } from '../kills/runs.ts';
import { type StoreKind, startSystem } from '../kills/system.ts';
import { findingsOf } from '../kills/traces.ts';
import { accountOf, missingIn, type SpanAccount } from './spans.ts';

export interface RestartTest {
  store: StoreKind;
  seed: number;
  restarts: number;
  /** Runs under way at the same time, until the last restart. */
  atOnce: number;
  /** How long the model takes to answer, in milliseconds. */
  latencyMs: number;
  onProgress?(so: { restarts: number; ended: number }): void;
}

export interface RestartReport {
  runs: number;
  restarts: number;
  /** How long a service took to stop and be ready again, in milliseconds, in ascending order. */
  restartMs: number[];
  /** Of all processes together; null if nothing is exported. */
  spans: SpanAccount | null;
  /** Everything that must not be, in words. */
  defects: string[];
}

/** A run that has not ended so long after the last restart hangs, in milliseconds. */
const hangMs = 120_000;

/** Restarts one service after the other, each when the one before is ready again, while runs are under way. */
export async function testRestarts(test: RestartTest): Promise<RestartReport> {
  const system = await startSystem(test.store, test.latencyMs);
  const [random, runs, defects, restartMs] = [
    seededRandom(test.seed),
    [] as KnownRun[],
    [] as string[],
    [] as number[],
  ];
  const goals = distinctGoals(10_000);
  const givenUp = new AbortController();
  let isOver = false;
  const caller = async () => {
    while (!isOver)
      await follow(system.url, goals.pop() ?? '', givenUp.signal).then(
        (run) => runs.push(run),
        (error: Error) => defects.push(error.message),
      );
  };
  let hang: NodeJS.Timeout | undefined;
  try {
    const callers = Promise.all(Array.from({ length: test.atOnce }, caller));
    while (restartMs.length < test.restarts) {
      const service = random.pick(system.services);
      const began = performance.now();
      const end = await service.restart();
      restartMs.push(performance.now() - began);
      if (end !== 0) defects.push(`module ${service.number} stopped with ${end}`);
      test.onProgress?.({ restarts: restartMs.length, ended: runs.length });
    }
    isOver = true;
    hang = setTimeout(() => givenUp.abort(), hangMs);
    await callers;
    for (const { runId, goal, end } of runs)
      if (end?.state !== 'finished')
        defects.push(`run ${runId || goal} ${end?.state ?? 'did not end'}: ${JSON.stringify(end?.problem)}`);
    defects.push(...(await unsettledAmong(system, await partsOf(system, runs))));
    defects.push(...system.services.flatMap(({ ownEnds }) => ownEnds));
    if (exporting) defects.push(...(await wrongTraces(runs, system.dataDir)));
  } finally {
    isOver = true;
    clearTimeout(hang);
    givenUp.abort();
    await system.stop();
  }
  const spans = exporting ? accountOf(system.services.map((service) => service.log())) : null;
  if (spans) {
    defects.push(...missingIn(spans));
    const processes = system.services.length + restartMs.length;
    if (spans.processes !== processes)
      defects.push(`${spans.processes} of ${processes} processes stopped well`);
  }
  restartMs.sort((a, b) => a - b);
  return { runs: runs.length, restarts: restartMs.length, restartMs, spans, defects };
}

function wrongTraces(runs: readonly KnownRun[], dataDir: string): Promise<string[]> {
  const traces = runs.map(({ runId, end }) => ({ runId, traceId: end?.trace_id ?? '' }));
  return findingsOf(traces, dataDir);
}
