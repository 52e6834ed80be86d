import { setTimeout as delay } from 'node:timers/promises';
import type { PartId } from '@agento/runs';
import { exporting } from '../chain.ts';
import { type Disturbances, disturb } from './disturb.ts';
import { underWay } from './in-flight.ts';
import { compareWithLedger, type JournalledCall, type LedgerFindings, lateInWords } from './ledger.ts';
import { inParallel } from './parallel.ts';
import { difference, outcomeOf } from './plans.ts';
import { seededRandom } from './random.ts';
import { follow, type KnownRun } from './runs.ts';
import { type StoreKind, type System, startSystem } from './system.ts';
import { type Takeover, takeoversOf } from './takeovers.ts';
import { findingsOf } from './traces.ts';
import { callsOf, type Undisturbed } from './undisturbed.ts';

export interface KillTest {
  store: StoreKind;
  seed: number;
  /** The goals, and what they come to when nobody is killed. */
  undisturbed: Undisturbed;
  kills: number;
  /** How many processes are stopped in the middle of their work, and go on when others may have taken over. */
  freezes: number;
  /** How often Postgres is restarted; nothing with folders. */
  postgresRestarts: number;
  /** Runs under way at the same time. */
  atOnce: number;
  /** How long the model takes to answer, in milliseconds. */
  latencyMs: number;
  /** Whether the data folder stays, for somebody to look at. */
  keepsData?: boolean;
  onProgress?(so: { ended: number; kills: number; asked: number }): void;
}

export interface KillReport extends Disturbances {
  seconds: number;
  calls: number;
  executions: number;
  takeovers: Takeover[];
  ledger: LedgerFindings;
  /** How processes ended that nobody killed: they may do so while Postgres is gone. */
  ownEnds: string[];
  /** Everything that must not be, in words. */
  defects: string[];
  /** What the services warned of, and how often. */
  warnings: Map<string, number>;
  dataDir: string;
}

/** With nothing asked and nothing ended for so long, runs hang; milliseconds. */
const hangMs = 120_000;
/** How long it may take after the last end until nothing is left to do, in milliseconds. */
const settleMs = 60_000;

/** Has runs executed while their processes are killed, and looks whether anything came of it. */
export async function testKills(test: KillTest): Promise<KillReport> {
  const began = performance.now();
  const system = await startSystem(test.store, test.latencyMs, test.keepsData);
  try {
    const done: Disturbances = { kills: [], freezes: 0, postgresRestarts: 0 };
    const runs = await runDisturbed(test, system, done);
    const parts = await partsOf(system, runs);
    const defects = await unsettledAmong(system, parts);
    const compared = compareWithLedger(await system.ledger(), await journalledBy(system, parts));
    const takeovers: Takeover[] = [];
    let executions = 0;
    for (const part of parts) {
      executions += (await system.store.part(part))?.executions ?? 0;
      const spans = (await system.store.records(part, 'spans')).map(({ data }) => data);
      takeovers.push(...takeoversOf(part.module, spans, done.kills));
    }
    for (const run of runs) defects.push(...(await wrongWith(run, test, system)));
    defects.push(...(await wrongTraces(runs, system)));
    // Only now are the traces whole.
    const inFlight = exporting ? await underWay(compared.paidTwice, runs, system.dataDir) : new Set();
    const ledger = { ...compared, paidTwice: compared.paidTwice.filter((late) => !inFlight.has(late)) };
    defects.push(...ledger.paidTwice.map(lateInWords), ...ledger.unexplained);
    return {
      ...done,
      seconds: (performance.now() - began) / 1_000,
      calls: await system.asked(),
      executions,
      takeovers,
      ledger,
      ownEnds: system.services.flatMap(({ ownEnds }) => ownEnds),
      defects,
      warnings: warningsOf(system),
      dataDir: system.dataDir,
    };
  } finally {
    await system.stop();
  }
}

async function runDisturbed(test: KillTest, system: System, done: Disturbances): Promise<KnownRun[]> {
  const over = new AbortController();
  const givenUp = new AbortController();
  const runs: KnownRun[] = [];
  const watching = watch(test, system, { runs, done, over: over.signal, giveUp: () => givenUp.abort() });
  const disturbing = disturb(
    system,
    seededRandom(test.seed),
    { ...test, calls: callsOf(test.undisturbed) },
    done,
    AbortSignal.any([over.signal, givenUp.signal]),
  );
  try {
    await inParallel([...test.undisturbed.keys()], test.atOnce, async (goal) => {
      runs.push(await follow(system.url, goal, givenUp.signal));
    });
  } finally {
    over.abort();
    await Promise.all([watching, disturbing]);
  }
  return runs;
}

/** Tells how far it is, and gives up when nothing happens any more. */
async function watch(
  { onProgress }: KillTest,
  system: System,
  of: { runs: readonly KnownRun[]; done: Disturbances; over: AbortSignal; giveUp(): void },
): Promise<void> {
  let last = { ended: 0, asked: 0, at: Date.now() };
  while (!of.over.aborted) {
    const [ended, asked] = [of.runs.length, await system.asked()];
    if (ended !== last.ended || asked !== last.asked) last = { ended, asked, at: Date.now() };
    else if (Date.now() - last.at > hangMs) of.giveUp();
    onProgress?.({ ended, asked, kills: of.done.kills.length });
    await delay(1_000, undefined, { signal: of.over }).catch(() => {});
  }
}

export async function partsOf({ store }: System, runs: readonly KnownRun[]): Promise<PartId[]> {
  const parts: PartId[] = [];
  for (const { runId } of runs) if (runId !== '') parts.push(...(await store.partsOf(runId)));
  return parts;
}

/** Waits until nothing is left to do; those parts of which that does not come true, in words. */
export async function unsettledAmong({ store }: System, parts: readonly PartId[]): Promise<string[]> {
  const until = Date.now() + settleMs;
  let open = [...parts];
  for (;;) {
    const still: PartId[] = [];
    const found: string[] = [];
    for (const id of open) {
      const part = await store.part(id);
      if (part?.settled) continue;
      still.push(id);
      const { runId, attempt, module } = id;
      found.push(
        `run ${runId}, attempt ${attempt}, module ${module}: ${part?.state ?? 'gone'}, never settled after ${part?.executions} executions; ${JSON.stringify(part?.notes)}`,
      );
    }
    if (still.length === 0 || Date.now() > until) return found;
    open = still;
    await delay(500);
  }
}

async function journalledBy({ store }: System, parts: readonly PartId[]): Promise<JournalledCall[]> {
  const calls: JournalledCall[] = [];
  for (const part of parts) {
    for (const { data } of await store.records(part, 'calls')) {
      const { key, answer, recordedAt } = data as { key: string; answer: { id: string }; recordedAt: number };
      calls.push({ runId: part.runId, key, answerId: answer.id, recordedAt });
    }
  }
  return calls;
}

/** What is wrong with how a run ended, in words. */
async function wrongWith(
  { goal, runId, end }: KnownRun,
  { undisturbed }: KillTest,
  { store }: System,
): Promise<string[]> {
  if (end === null) return [`run ${runId || `“${goal}”, never accepted,`} did not end`];
  if (end.state !== 'finished') return [`run ${runId} ${end.state}: ${JSON.stringify(end.problem)}`];
  try {
    const outcome = await outcomeOf(store, runId);
    const calm = undisturbed.get(goal);
    return (['plan', 'output'] as const).flatMap((what) => {
      const found = difference(outcome[what], calm?.[what] ?? '');
      return found === null ? [] : [`run ${runId}: its ${what} has ${found}`];
    });
  } catch (error) {
    return [`run ${runId}: ${(error as Error).message}`];
  }
}

async function wrongTraces(runs: readonly KnownRun[], { dataDir }: System): Promise<string[]> {
  if (!exporting) return [];
  const whole = runs.filter(({ end }) => end?.state === 'finished');
  return findingsOf(
    whole.map(({ runId, end }) => ({ runId, traceId: end?.trace_id ?? '' })),
    dataDir,
  );
}

const warning = 40;

function warningsOf({ services }: System): Map<string, number> {
  const found = new Map<string, number>();
  for (const line of services.flatMap((service) => service.log().split('\n'))) {
    const text = textOf(line);
    if (text !== null) found.set(text, (found.get(text) ?? 0) + 1);
  }
  return found;
}

/** What a line of a log warns of; null if it does not. A line that is no entry is what a process says as it crashes. */
function textOf(line: string): string | null {
  if (line.trim() === '') return null;
  try {
    const { level, msg, err } = JSON.parse(line) as {
      level: number;
      msg: string;
      err?: { message?: string };
    };
    return level >= warning ? [msg, err?.message].filter(Boolean).join(': ').slice(0, 200) : null;
  } catch {
    return line.slice(0, 200);
  }
}
