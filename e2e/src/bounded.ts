import { spawn } from 'node:child_process';

/**
 * Runs a program for at most so many seconds; gives what it printed on stdout.
 *
 * @throws Error that names the command: with the end of its stderr if it failed, with the limit if it was killed for it
 */
export function bounded(
  program: string,
  command: readonly string[],
  { seconds, cwd, env }: { seconds: number; cwd: string; env: NodeJS.ProcessEnv },
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  // A group of its own: docker runs compose as a child, which would live on and keep the pipes open.
  const child = spawn(program, command, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const printed: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
  child.stdout.on('data', (chunk: Buffer) => printed.stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => printed.stderr.push(chunk));
  const text = (stream: 'stdout' | 'stderr') => Buffer.concat(printed[stream]).toString('utf8');
  const fail = (how: string) =>
    reject(new Error(`\`${[program, ...command].join(' ')}\` ${how}\n${text('stderr').slice(-4000)}`.trim()));

  const limit = setTimeout(() => {
    fail(`was killed: it did not end within ${seconds} s`);
    killGroup(child.pid);
    child.stdout.destroy();
    child.stderr.destroy();
  }, seconds * 1000);
  child.once('error', (error) => fail(`cannot be run: ${error.message}`));
  child.once('close', (code, signal) => {
    clearTimeout(limit);
    if (code === 0) resolve(text('stdout'));
    else fail(`ended with ${signal ?? code}`);
  });
  return promise;
}

/** Kills a process and its children, if it leads a group that is still there. */
export function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
