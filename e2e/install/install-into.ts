import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';

type Ranges = Record<string, string>;
interface Manifest {
  dependencies?: Ranges;
  devDependencies?: Ranges;
}

/**
 * Installs with npm, into a folder outside of the workspace, what its package.json names (if it has one) and these
 * dependencies besides. Every published package of ours comes from this run's tarballs, whatever range is given for it.
 * Throws with what npm said.
 */
export function installInto(folder: string, dependencies: Ranges = {}): void {
  const file = join(folder, 'package.json');
  const own = JSON.parse(existsSync(file) ? readFileSync(file, 'utf8') : '{ "private": true }') as Manifest;
  const ours = Object.fromEntries(inject('tarballs').map(({ name, file }) => [name, `file:${file}`]));
  const packed = (ranges: Ranges = {}) =>
    Object.fromEntries(Object.entries(ranges).map(([name, range]) => [name, ours[name] ?? range]));
  const manifest = {
    ...own,
    dependencies: packed({ ...own.dependencies, ...dependencies }),
    devDependencies: packed(own.devDependencies),
    // Those that ours bring along.
    overrides: ours,
  };
  writeFileSync(file, JSON.stringify(manifest, null, 2));
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
