import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { installInto } from './install-into.ts';
import { tools } from './tools.ts';

const tarballs = inject('tarballs');

/** What a tarball holds, as `tar` prints it. */
const tar = (...args: string[]) => execFileSync('tar', args, { encoding: 'utf8' });

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'agento-checks-'));
  installInto(folder, { publint: tools.publint, '@arethetypeswrong/cli': tools['@arethetypeswrong/cli'] });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What a tool of the folder prints; throws with it where the tool finds something. */
function run(tool: string, ...args: string[]): string {
  return execFileSync(join(folder, 'node_modules/.bin', tool), args, { cwd: folder, encoding: 'utf8' });
}

interface Exporting {
  exports: Record<string, unknown>;
}

/** Exports for our services and tests. */
const internal = /^\.\/(metrics|service|variables|testing\/.+)$/;

describe.each(tarballs)('$name', ({ name, file }) => {
  test('holds what was built, its licence and its README, and nothing else', () => {
    const others = tar('-tzf', file)
      .split('\n')
      .filter((path) => !/^package\/dist\/[\w-]+(\.d\.ts|\.js|\.js\.map)$/.test(path))
      .sort();
    expect(others).toEqual(['', 'package/LICENSE', 'package/README.md', 'package/package.json']);
  });

  test('names no version that only the workspace knows', () => {
    expect(tar('-xzOf', file, 'package/package.json')).not.toMatch(/workspace:|catalog:|devDependencies/);
  });

  test('exports what the workspace has, but for what only we use', () => {
    const packed = JSON.parse(tar('-xzOf', file, 'package/package.json')) as Exporting;
    const source = join(import.meta.dirname, '../../packages', basename(name), 'package.json');
    const { exports } = JSON.parse(readFileSync(source, 'utf8')) as Exporting;
    const shown = Object.keys(exports).filter((path) => !internal.test(path));
    expect(Object.keys(packed.exports)).toEqual([...shown, './package.json']);
  });

  test('is found to be in order by publint', () => {
    expect(run('publint', 'run', file, '--strict')).toContain('All good!');
  });

  test('has types that every way of resolving them finds', () => {
    expect(() => run('attw', file, '--profile', 'esm-only')).not.toThrow();
  });
});
