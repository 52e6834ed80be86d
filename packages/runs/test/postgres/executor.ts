import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A replica in a process of its own. */
export interface Executor {
  /** Gives the line it answers with. */
  tell(line: string): Promise<string>;
  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void;
  /** Closes its store and ends it. */
  end(): Promise<void>;
}

/** Resolves when its store is open. */
export async function startExecutor(url: string, schema: string): Promise<Executor> {
  const script = join(import.meta.dirname, 'executor-process.ts');
  const child = spawn(process.execPath, [script, url, schema], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const { done, value } = await lines.next();
    return done ? 'ended' : value;
  };
  const opened = await next();
  if (opened !== 'open') throw new Error('The executor did not open its store: see its output above');
  return {
    tell: (line) => {
      child.stdin.write(`${line}\n`);
      return next();
    },
    signal: (name) => {
      child.kill(name);
    },
    end: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
