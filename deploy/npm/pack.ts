import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { published } from './published.ts';

const root = join(import.meta.dirname, '../..');

/** `name` is that of the package, `file` the tarball's full path. */
export interface Tarball {
  name: string;
  file: string;
}

/**
 * Builds the published packages and packs each into the folder, which is made. Throws with what the tools printed if one
 * of them fails.
 */
export function pack(folder: string): Tarball[] {
  const environment = {
    ...process.env,
    // The programs below are scripts, which run on the first Node they find.
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    PNPM_CONFIG_PNPMFILE: join(import.meta.dirname, 'packing.mjs'),
  };
  const run = (command: string, args: string[], cwd: string) =>
    execFileSync(command, args, {
      cwd,
      env: environment,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  run('npx', ['tsdown'], root);
  return published.map((name) => {
    const source = join(root, 'packages', name);
    const file = join(resolve(folder), `agento-${name}.tgz`);
    run('npx', ['--yes', 'pnpm@12', 'pack', '--out', file], source);
    const manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as { name: string };
    return { name: manifest.name, file };
  });
}

if (import.meta.main) {
  for (const { file } of pack(process.argv[2] ?? join(root, 'dist'))) console.log(file);
}
