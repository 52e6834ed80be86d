import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { root } from '../environment.ts';
import { warningIn } from './log-entry.ts';
import { openLog } from './log-file.ts';
import type { ProcessPlan } from './plan.ts';

/** How many of its last lines a process leaves behind. */
const lastLines = 15;

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
  const last: string[] = [];
  const log = openLog(logDirectory, plan.name, (line) => {
    last.push(line);
    if (last.length > lastLines) last.shift();
    const warning = warningIn(line);
    if (warning !== null) onWarning(plan, warning);
  });
  // stdout goes straight to the file: through a pipe, a process that outlives this one for the moment it needs
  // to stop would find its log broken. On stderr is what a process says before it has a log, and when it crashes.
  const process_ = spawn(process.execPath, plan.command, {
    cwd: root,
    env: plan.env,
    stdio: ['ignore', log.descriptor, 'pipe', 'ipc'],
  });
  if (process_.stderr) {
    createInterface({ input: process_.stderr }).on('line', (line) => {
      log.add(line);
      if (warningIn(line) === null && line.trim() !== '') onWarning(plan, line);
    });
  }
  let running = true;
  const ended = new Promise<Ending>((resolve) => {
    process_.once('error', (error) => resolve({ code: null, signal: null, error }));
    process_.once('close', (code, signal) => resolve({ code, signal, error: null }));
  }).then((ending) => {
    running = false;
    log.close();
    return ending;
  });

  return {
    plan,
    pid: process_.pid,
    logFile: log.path,
    lastLines: () => last,
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
