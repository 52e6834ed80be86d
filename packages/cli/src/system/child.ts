import { spawn } from 'node:child_process';
import { home } from '@agento/files/home';
import { oneLine } from '../terminal.ts';
import { entryIn, type LogEntry } from './log-entry.ts';
import { openLog } from './log-file.ts';
import type { ProcessPlan } from './plan.ts';
import { linesOf } from './stderr.ts';

/** How many of a process's last lines are kept, and how many characters of each. */
const lastLines = 15;
const lastLength = 300;
/** How many lines of its stderr are reported; its log has them all. */
const mostReported = 50;

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
  /** Sends SIGTERM, and SIGKILL after `timeout` milliseconds; resolves when it is gone. */
  stop(timeout: number): Promise<void>;
  kill(): void;
}

/**
 * Starts a process that writes to its log file. It also gets an IPC channel, which closes when this process is gone for
 * any reason; the child then stops by itself. Throws if its log cannot be opened.
 */
export function startChild(
  plan: ProcessPlan,
  logDirectory: string,
  onEntry: (plan: ProcessPlan, entry: LogEntry) => void,
): Child {
  const last: string[] = [];
  const log = openLog(logDirectory, plan.name, (line) => {
    last.push(oneLine(line.slice(0, lastLength)));
    if (last.length > lastLines) last.shift();
    const entry = entryIn(line);
    if (entry !== null) onEntry(plan, entry);
  });
  // stdout goes straight to the file: a pipe would break for a process that briefly outlives this one while stopping.
  // stderr has what a process says before it has a log, and when it crashes.
  const process_ = spawn(process.execPath, plan.command, {
    cwd: home,
    env: plan.env,
    stdio: ['ignore', log.descriptor, 'pipe', 'ipc'],
  });
  const told = (async () => {
    let lines = 0;
    for await (const line of linesOf(process_.stderr ?? [], plan.env)) {
      log.add(line);
      if (entryIn(line) !== null || line === '') continue;
      lines += 1;
      if (lines <= mostReported) onEntry(plan, { warning: line, problem: null });
      if (lines === mostReported) onEntry(plan, { warning: `… more in ${log.path}`, problem: null });
    }
  })();
  let running = true;
  const ended = new Promise<Ending>((resolve) => {
    process_.once('error', (error) => resolve({ code: null, signal: null, error }));
    process_.once('close', (code, signal) => resolve({ code, signal, error: null }));
  }).then(async (ending) => {
    running = false;
    await told.catch(() => {});
    log.close();
    return ending;
  });

  return {
    plan,
    pid: process_.pid,
    logFile: log.path,
    lastLines: () => last,
    ended,
    async stop(timeout) {
      if (!running) return;
      process_.kill('SIGTERM');
      const timer = setTimeout(() => process_.kill('SIGKILL'), timeout);
      await ended;
      clearTimeout(timer);
    },
    kill() {
      if (running) process_.kill('SIGKILL');
    },
  };
}

const crashes: ReadonlySet<string> = new Set(['SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGSEGV', 'SIGTRAP']);

/** `was killed (SIGKILL), perhaps out of memory`: how a process ended, after its name. */
export function howItEnded({ code, signal, error }: Ending): string {
  if (error) return `could not be started: ${error.message}`;
  // A process never causes SIGKILL itself; most often the kernel sends it when memory runs out.
  if (signal === 'SIGKILL') return 'was killed (SIGKILL), perhaps out of memory';
  if (signal !== null) return crashes.has(signal) ? `crashed (${signal})` : `was terminated by ${signal}`;
  return code === 0 ? 'exited unexpectedly' : `exited with code ${code}`;
}
