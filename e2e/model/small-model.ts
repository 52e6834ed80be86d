import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { environmentFolder, installEnvironment } from '../src/python-environment.ts';

const folder = import.meta.dirname;
const requirements = join(folder, 'requirements.txt');
const name = 'small-model';

/** Installs the model if it is missing; returns why it cannot be installed, null once it is there. */
export const installSmallModel = (): string | null => installEnvironment(name, requirements);

/** A server of the small model. */
export interface SmallModel {
  /** With its /v1. */
  url: string;
  stop(): Promise<void>;
}

/** Starts a server of the installed model, at low priority. */
export async function startSmallModel(): Promise<SmallModel> {
  const python = join(environmentFolder(name, requirements), 'bin/python');
  const child = spawn('nice', [python, join(folder, 'serve.py')], { stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = new Promise<string>((resolve) => {
    let log = '';
    child.stderr.on('data', (chunk: Buffer) => {
      log = `${log}${chunk}`.slice(-2_000);
    });
    child.once('error', (error) => resolve(error.message));
    child.once('close', () => resolve(log));
  });
  const listening = new Promise<string>((resolve) => {
    createInterface(child.stdout).on('line', (line) => {
      const [, url] = /^listening (\S+)/.exec(line) ?? [];
      if (url) resolve(url);
    });
  });
  const url = await Promise.race([
    listening,
    ended.then((log) => {
      throw new Error(`The small model did not start:\n${log}`);
    }),
  ]);
  return {
    url: `${url}/v1`,
    async stop() {
      // It exits when its standard input closes, even if this process is killed.
      child.stdin.end();
      const force = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(force);
    },
  };
}
