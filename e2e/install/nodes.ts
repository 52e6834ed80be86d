import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { olderNodes } from './tools.ts';

/** `version` is the exact one, without a `v`; `program` the full path. */
export interface Node {
  version: string;
  program: string;
}

const cache = process.env.AGENTO_CACHE_DIR || join(homedir(), '.cache/agento');

function installed(range: string): Node {
  const folder = join(cache, `node-${range}`);
  const program = join(folder, 'node_modules/node/bin/node');
  if (!existsSync(join(folder, 'installed'))) {
    // An interrupted installation is not reused.
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }');
    const source = `node@npm:node-${process.platform}-${process.arch}@${range}`;
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', source], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    writeFileSync(join(folder, 'installed'), '');
  }
  return { version: execFileSync(program, ['--version'], { encoding: 'utf8' }).trim().slice(1), program };
}

/** Each Node that is tried, oldest first; npm installs the older ones once, into the cache folder. */
export function everyNode(): Node[] {
  return [...olderNodes.map(installed), { version: process.versions.node, program: process.execPath }];
}
