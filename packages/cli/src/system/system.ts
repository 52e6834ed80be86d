import path from 'node:path';
import { whyNot } from '@agento/files';
import { dataFolderProblem, dataFolderRemedy } from '../data-folder.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { agento } from '../invocation.ts';
import type { Child } from './child.ts';
import { type Keeper, keep, readyLimit, type Watch } from './keeper.ts';
import type { ProcessPlan, SystemPlan } from './plan.ts';
import { requireFree } from './ports.ts';
import { untilReady } from './ready.ts';

/** Milliseconds a process gets to stop by itself: a module gives its runs 5 s and its last spans 3 s. */
const stopTimeout = 12_000;

export interface System {
  plan: SystemPlan;
  /** The processes as they run now. */
  children(): Child[];
  logDirectory: string;
  /** Rejects with a CommandError when a process dies too often, or for a lasting reason; never resolves. */
  fault: Promise<never>;
  /** Stops the modules, then what they need; resolves when no process is left. */
  stop(): Promise<void>;
}

/**
 * Starts all processes of the plan and waits until each is ready. If one fails, all are stopped and a CommandError says
 * which and why. After that, a process that dies is restarted.
 *
 * @param signal aborted when everything should stop
 */
export async function startSystem(plan: SystemPlan, signal: AbortSignal, watch: Watch): Promise<System> {
  const processes = [...plan.embedded, ...plan.modules];
  await requireFree(plan, processes);
  const problem = await dataFolderProblem(plan.dataDir);
  if (problem !== null) throw unusable(problem);
  const logDirectory = logDirectoryOf(plan);
  const keepers: Keeper[] = [];
  const children = () => keepers.map(({ child }) => child());
  const killAll = () => {
    for (const child of children()) child.kill();
  };
  process.once('exit', killAll);
  const stopped = new AbortController();
  let up = false;
  const keeping = {
    host: plan.host,
    logDirectory,
    watch,
    isUp: () => up,
    ending: AbortSignal.any([signal, stopped.signal]),
  };
  try {
    for (const process_ of processes) keepers.push(keep(process_, keeping));
  } catch (error) {
    stopped.abort();
    killAll();
    throw unusable(`${logDirectory} cannot be used: ${whyNot(error)}`);
  }

  let stopping: Promise<void> | null = null;
  const stop = () => {
    stopped.abort();
    stopping ??= stopInOrder(children(), plan).finally(() => process.off('exit', killAll));
    return stopping;
  };
  const fault = new Promise<never>((_resolve, reject) => {
    for (const { fate } of keepers) fate.catch(reject);
  });
  fault.catch(() => {}); // Handled by whoever awaits it.

  try {
    await Promise.race([fault, allReady(processes, signal)]);
    up = true;
  } catch (error) {
    await stop();
    throw error;
  }
  return { plan, children, logDirectory, fault, stop };
}

function unusable(problem: string): CommandError {
  return new CommandError(exitCodes.usage, problem, `The data folder: ${dataFolderRemedy}.`);
}

/** Systems that share a data folder have separate logs, by module 1's address, which is unique. */
function logDirectoryOf({ dataDir, host, modules }: SystemPlan): string {
  // IPv6 addresses have colons, which no file on Windows may.
  return path.join(dataDir, 'logs', `${host.replaceAll(':', '_')}-${modules[0]?.port}`);
}

async function allReady(processes: ProcessPlan[], signal: AbortSignal): Promise<void> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(readyLimit)]);
  const waits = processes.map(({ url, readyPath }) => untilReady(url + readyPath, limit));
  await Promise.all(waits).catch((error: Error) => {
    throw new CommandError(
      exitCodes.failed,
      `Not ready within ${readyLimit / 1000} s: ${error.message}`,
      `See the logs folder under the data folder; \`${agento} doctor\` checks what they need.`,
    );
  });
}

async function stopInOrder(children: Child[], plan: SystemPlan): Promise<void> {
  // The receiver must outlive the modules to get their last spans.
  const isModule = (child: Child) => plan.modules.includes(child.plan);
  await Promise.all(children.filter(isModule).map((child) => child.stop(stopTimeout)));
  await Promise.all(children.map((child) => child.stop(stopTimeout)));
}
