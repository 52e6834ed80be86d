import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { root } from '../environment.ts';
import { openLog, warningIn } from './log-file.ts';
import type { ProcessPlan } from './plan.ts';

/** How a process ended: an exit code, or the signal that killed it, or why it could not be started. */
export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
  error: Error | null;
}

export interface Child {
  plan: ProcessPlan;
  pid: number | undefined;
  logFile: string;
  lastLines(): string[];
  /** Resolves when it has ended and its output has been read to the end. */
  ended: Promise<Ending>;
  /** Asks it to stop (SIGTERM), makes it after `patience` milliseconds (SIGKILL); resolves when it is gone. */
  stop(patience: number): Promise<void>;
  kill(): void;
}

/**
 * Starts a process with its output going to its log file. It also gets a channel (IPC) whose closing tells it
 * that this process is gone, however that came about: it then stops by itself. Throws when its log cannot be
 * opened.
 */
export function startChild(
  plan: ProcessPlan,
  logDirectory: string,
  onWarning: (plan: ProcessPlan, line: string) => void,
): Child {
  const log = openLog(logDirectory, plan.name, (error) =>
    onWarning(plan, `its log is no longer written: ${error.message}`),
  );
  const process_ = spawn(process.execPath, plan.command, {
    cwd: root,
    env: plan.env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let running = true;
  const ended = new Promise<Ending>((resolve) => {
    process_.once('error', (error) => resolve({ code: null, signal: null, error }));
    process_.once('close', (code, signal) => resolve({ code, signal, error: null }));
  }).then(async (ending) => {
    running = false;
    await log.close();
    return ending;
  });
  const watch = (stream: Readable | null, isWorthShowing: (line: string) => boolean) => {
    if (!stream) return;
    log.take(stream, (line) => {
      const warning = isWorthShowing(line) ? warningIn(line) : null;
      if (warning !== null) onWarning(plan, warning);
    });
  };
  // On stdout only a log entry can be a warning; on stderr whatever is no log entry is one.
  watch(process_.stdout, (line) => line.startsWith('{'));
  watch(process_.stderr, () => true);

  return {
    plan,
    pid: process_.pid,
    logFile: log.path,
    lastLines: log.lastLines,
    ended,
    async stop(patience) {
      if (!running) return;
      process_.kill('SIGTERM');
      const timer = setTimeout(() => process_.kill('SIGKILL'), patience);
      await ended;
      clearTimeout(timer);
    },
    kill() {
      if (running) process_.kill('SIGKILL');
    },
  };
}
