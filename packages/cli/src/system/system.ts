import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CommandError, type ExitCode, exitCodes } from '../exit-codes.ts';
import { type Child, type Ending, startChild } from './child.ts';
import type { ProcessPlan, SystemPlan } from './plan.ts';
import { requireFree } from './ports.ts';
import { untilReady } from './ready.ts';

/** Milliseconds for all processes to become ready. */
const startLimit = 60_000;
/** Milliseconds a process gets to stop by itself: a module gives its runs 5 s and its last spans 3 s. */
const stopPatience = 12_000;
/** A child may hear a signal to the group before this process does: so long, in ms, until its end is a fault. */
const signalGrace = 250;

export interface System {
  plan: SystemPlan;
  children: Child[];
  logDirectory: string;
  /** Rejects with a CommandError when a process ends that nobody asked to; never resolves. */
  fault: Promise<never>;
  /** Stops the modules, then what they need; resolves when no process is left. */
  stop(): Promise<void>;
}

interface Watch {
  /** Aborted: give up starting. */
  signal: AbortSignal;
  onWarning(plan: ProcessPlan, line: string): void;
}

/**
 * Starts every process of the plan at once and waits until each is ready. When one cannot be, all are stopped
 * again and a CommandError says which and why.
 */
export async function startSystem(plan: SystemPlan, { signal, onWarning }: Watch): Promise<System> {
  const processes = [...plan.embedded, ...plan.modules];
  await requireFree(plan.host, processes);
  const logDirectory = path.join(plan.dataDir, 'logs');
  const children: Child[] = [];
  const killAll = () => {
    for (const child of children) child.kill();
  };
  process.once('exit', killAll);
  try {
    for (const process_ of processes) children.push(startChild(process_, logDirectory, onWarning));
  } catch (error) {
    killAll();
    throw new CommandError(
      exitCodes.usage,
      `The data folder cannot be used: ${(error as Error).message}`,
      'Make it writable, or name another with AGENTO_DATA_DIR.',
    );
  }

  let stopping: Promise<void> | null = null;
  const stop = () => {
    stopping ??= stopInOrder(children, plan).finally(() => process.off('exit', killAll));
    return stopping;
  };
  let ready = false;
  const fault = new Promise<never>((_resolve, reject) => {
    for (const child of children) {
      void child.ended.then(async (ending) => {
        await delay(ending.error ? 0 : signalGrace);
        if (stopping === null && !signal.aborted) reject(deathOf(child, ending, ready));
      });
    }
  });
  fault.catch(() => {}); // Whoever is waiting hears of it; at other times nobody needs to.

  try {
    await Promise.race([fault, allReady(processes, signal)]);
    ready = true;
  } catch (error) {
    await stop();
    throw error;
  }
  return { plan, children, logDirectory, fault, stop };
}

async function allReady(processes: ProcessPlan[], signal: AbortSignal): Promise<void> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(startLimit)]);
  const waits = processes.map(({ url, readyPath }) => untilReady(url + readyPath, limit));
  await Promise.all(waits).catch((error: Error) => {
    throw new CommandError(
      exitCodes.failed,
      `Not ready within ${startLimit / 1000} s: ${error.message}`,
      'The logs folder under the data folder says more; `pnpm agento doctor` checks what they need.',
    );
  });
}

async function stopInOrder(children: Child[], plan: SystemPlan): Promise<void> {
  // The receiver outlives the modules, or their last spans would find nobody.
  const isModule = (child: Child) => plan.modules.includes(child.plan);
  await Promise.all(children.filter(isModule).map((child) => child.stop(stopPatience)));
  await Promise.all(children.map((child) => child.stop(stopPatience)));
}

/** A process that refuses its settings exits 2 before it is ready: then so does `start`. */
function deathOf(child: Child, { code, signal, error }: Ending, ready: boolean): CommandError {
  const how = error ? error.message : signal ? `killed by ${signal}` : `exit code ${code}`;
  const exitCode: ExitCode = !ready && code === exitCodes.usage ? exitCodes.usage : exitCodes.failed;
  const lines = child.lastLines().map((line) => `    ${line}`);
  return new CommandError(
    exitCode,
    [`${child.plan.name} (${child.plan.title}) ended unexpectedly: ${how}`, ...lines].join('\n'),
    `Its log: ${child.logFile}`,
  );
}
