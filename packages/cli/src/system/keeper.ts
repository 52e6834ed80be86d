import { setTimeout as delay } from 'node:timers/promises';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { type Child, howItEnded, startChild } from './child.ts';
import type { LogEntry } from './log-entry.ts';
import type { ProcessPlan } from './plan.ts';
import { portProblem } from './ports.ts';
import { untilReady } from './ready.ts';

/** Milliseconds before each restart within a minute. After the last the process is given up. */
const pauses = [0, 500, 1_000, 2_000, 4_000];
/** A child may get a signal to the group before this process does: its end counts as a fault only after this, in ms. */
const signalGrace = 250;
/** Milliseconds until a process has to be ready. */
export const readyLimit = 60_000;

/** Events of a system's processes while it is up. */
export interface Watch {
  /** Something was written to its log. */
  onEntry(plan: ProcessPlan, entry: LogEntry): void;
  /** It ended, as described, and is being restarted. */
  onDeath?(plan: ProcessPlan, how: string): void;
  /** It is ready again. */
  onBack?(plan: ProcessPlan): void;
}

interface Keeping {
  host: string;
  logDirectory: string;
  watch: Watch;
  /** False while the system is starting: a process that ends then is not restarted. */
  isUp(): boolean;
  /** Aborted when the system is to stop: from then on nothing is started. */
  ending: AbortSignal;
}

/** A process that is started again when it dies. */
export interface Keeper {
  plan: ProcessPlan;
  /** The process as it runs now. */
  child(): Child;
  /** Rejects with a CommandError when it cannot be kept running; resolves when the system stops. */
  fate: Promise<void>;
}

/** Why a process is not running; `lasting` if a restart would not help. */
interface Failure {
  how: string;
  lasting: boolean;
  exitCode: 1 | 2;
}

/** Starts the process and keeps it running. Throws when its log cannot be opened. */
export function keep(plan: ProcessPlan, keeping: Keeping): Keeper {
  const { host, logDirectory, watch, ending } = keeping;
  let child = startChild(plan, logDirectory, watch.onEntry);

  /** Waits for its end; null when the whole is to end. */
  const endOf = async (restarted: boolean): Promise<Failure | null> => {
    const ready = restarted ? becomesReady(child, ending) : null;
    void ready?.then((good) => good && watch.onBack?.(plan));
    const ended = await child.ended;
    await pause(signalGrace, ending);
    if (ending.aborted) return null;
    if ((await ready) === false && ended.signal === 'SIGKILL')
      return {
        how: `was not ready within ${readyLimit / 1000} s`,
        lasting: true,
        exitCode: exitCodes.failed,
      };
    // A process that rejects its settings exits with 2, and so would the next.
    const refused = ended.code === exitCodes.usage;
    const lasting = refused || ended.error !== null || !keeping.isUp();
    const exitCode = refused ? exitCodes.usage : exitCodes.failed;
    return { how: howItEnded(ended), lasting, exitCode };
  };

  const startAgain = async (): Promise<Failure | null> => {
    const problem = await portProblem(host, plan.port);
    if (ending.aborted) return null;
    if (problem !== null) {
      const how = `cannot be restarted: port ${plan.port} ${problem}`;
      return { how, lasting: false, exitCode: exitCodes.failed };
    }
    try {
      child = startChild(plan, logDirectory, watch.onEntry);
    } catch (error) {
      const how = `cannot be restarted: ${(error as Error).message}`;
      return { how, lasting: true, exitCode: exitCodes.failed };
    }
    return endOf(true);
  };

  const keepRunning = async () => {
    const restarts: number[] = [];
    for (let failure = await endOf(false); failure !== null; failure = await startAgain()) {
      const now = performance.now();
      while (restarts[0] !== undefined && restarts[0] < now - 60_000) restarts.shift();
      const wait = pauses[restarts.length];
      if (failure.lasting || wait === undefined) throw givenUp(child, failure);
      watch.onDeath?.(plan, failure.how);
      restarts.push(now);
      await pause(wait, ending);
      if (ending.aborted) return;
    }
  };
  return { plan, child: () => child, fate: keepRunning() };
}

/** True once it is ready, false when it was given up and killed, null when it ended before. */
async function becomesReady(child: Child, ending: AbortSignal): Promise<boolean | null> {
  const over = new AbortController();
  void child.ended.then(() => over.abort());
  const limit = AbortSignal.timeout(readyLimit);
  const { url, readyPath } = child.plan;
  try {
    await untilReady(url + readyPath, AbortSignal.any([over.signal, ending, limit]));
    return true;
  } catch {
    if (over.signal.aborted || ending.aborted) return null;
    child.kill();
    return false;
  }
}

async function pause(milliseconds: number, ending: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal: ending }).catch(() => {});
}

function givenUp(child: Child, { how, lasting, exitCode }: Failure): CommandError {
  const { name, title } = child.plan;
  const often = lasting ? '' : `, after ${pauses.length} restarts within a minute`;
  const lines = child.lastLines().map((line) => `    ${line}`);
  return new CommandError(
    exitCode,
    [`${name} (${title}) ${how}${often}`, ...lines].join('\n'),
    `Its log: ${child.logFile}`,
  );
}
