import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('A packed tarball holds the page built, and none of its sources.', async () => {
  const cwd = path.resolve(import.meta.dirname, '../../packages/page');
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json'], { cwd });
  const json = stdout.slice(stdout.indexOf('[\n'));
  const [{ files }] = JSON.parse(json) as [{ files: { path: string }[] }];
  const names = files.map((file) => file.path.replace(/-[\w-]{8}\./, '-HASH.')).sort();

  expect(names.filter((name) => !name.startsWith('src/'))).toEqual([
    'built/.sources',
    'built/assets/icon-HASH.svg',
    'built/assets/index-HASH.css',
    'built/assets/index-HASH.js',
    'built/assets/index-HASH.js.map',
    'built/index.html',
    'package.json',
  ]);
});
