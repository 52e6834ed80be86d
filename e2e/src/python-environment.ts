import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where packages from PyPI are kept: a folder per set of versions, in the same cache folder as the images. */
export function environmentFolder(name: string, requirements: string): string {
  const cache = process.env.AGENTO_CACHE_DIR || join(homedir(), '.cache/agento');
  const version = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  return join(cache, `${name}-${version}`);
}

/** Installs them if they are missing; returns why they cannot be installed, null once they are there. */
export function installEnvironment(name: string, requirements: string): string | null {
  const environment = environmentFolder(name, requirements);
  const done = join(environment, 'installed');
  if (existsSync(done)) return null;
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--only-binary', ':all:', '-r', requirements];
  try {
    // An interrupted installation is not reused.
    rmSync(environment, { recursive: true, force: true });
    run('python3', ['-m', 'venv', environment], 60_000);
    run(join(environment, 'bin/python'), pip, 480_000);
    writeFileSync(done, '');
    return null;
  } catch (error) {
    const said = String((error as { stderr?: unknown }).stderr ?? '').trim() || String(error);
    // A package that differs from its pin is a failure, not a reason to skip.
    if (said.includes('DO NOT MATCH THE HASHES')) throw error;
    return `${name} cannot be installed: ${said.split('\n').at(-1)}`;
  }
}

function run(command: string, args: string[], timeout: number): void {
  execFileSync(command, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout, encoding: 'utf8' });
}
