import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const folder = import.meta.dirname;
const requirements = join(folder, 'requirements.txt');

/** Where the model is kept: a folder per set of versions, in the same cache folder as the images. */
function environmentFolder(): string {
  const cache = process.env.AGENTO_CACHE_DIR || join(homedir(), '.cache/agento');
  const version = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  return join(cache, `small-model-${version}`);
}

/** Installs the model if it is missing; returns why it cannot be installed, null once it is there. */
export function installSmallModel(): string | null {
  const environment = environmentFolder();
  const done = join(environment, 'installed');
  if (existsSync(done)) return null;
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--only-binary', ':all:', '-r', requirements];
  try {
    // An interrupted installation is not reused.
    rmSync(environment, { recursive: true, force: true });
    run('python3', ['-m', 'venv', environment], 60_000);
    run(join(environment, 'bin/python'), pip, 180_000);
    writeFileSync(done, '');
    return null;
  } catch (error) {
    const said = String((error as { stderr?: unknown }).stderr ?? '').trim() || String(error);
    // A package that differs from its pin is a failure, not a reason to skip.
    if (said.includes('DO NOT MATCH THE HASHES')) throw error;
    return `the small model cannot be installed: ${said.split('\n').at(-1)}`;
  }
}

function run(command: string, args: string[], timeout: number): void {
  execFileSync(command, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout, encoding: 'utf8' });
}

/** A server of the small model. */
export interface SmallModel {
  /** With its /v1. */
  url: string;
  stop(): Promise<void>;
}

/** Starts a server of the installed model, at low priority. */
export async function startSmallModel(): Promise<SmallModel> {
  const python = join(environmentFolder(), 'bin/python');
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
