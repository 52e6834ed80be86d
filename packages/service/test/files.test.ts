import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeWhole } from '@agento/tracing/write-whole';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeFile } from '../src/runs/files.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'files-'));
});
afterEach(() => rm(folder, { recursive: true }));

const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

test('A file is written whole, for its owner only, in folders that are made for it.', async () => {
  const directory = join(folder, 'runs', 'one');

  await writeWhole(directory, 'plan.md', '# Café\n');

  expect(await readFile(join(directory, 'plan.md'), 'utf8')).toBe('# Café\n');
  expect(await Promise.all([directory, join(directory, 'plan.md')].map(mode))).toEqual(['700', '600']);
  expect(await readdir(directory)).toEqual(['plan.md']);
});

test('A folder that was open to others is closed to them.', async () => {
  const directory = join(folder, 'open');
  await mkdir(directory, { mode: 0o755 });

  await writeWhole(directory, 'plan.md', 'x');

  expect(await mode(directory)).toBe('700');
});

test('A file that was there is replaced.', async () => {
  await writeWhole(folder, 'plan.md', 'a long first version');
  await writeWhole(folder, 'plan.md', 'second');

  expect(await readFile(join(folder, 'plan.md'), 'utf8')).toBe('second');
});

test('A write that fails leaves nothing behind, and what was there as it was.', async () => {
  await mkdir(join(folder, 'plan.md'));
  await writeFile(join(folder, 'plan.md', 'inside'), 'kept');

  await expect(writeWhole(folder, 'plan.md', 'x')).rejects.toMatchObject({ code: 'EISDIR' });

  expect(await readdir(folder)).toEqual(['plan.md']);
  expect(await readFile(join(folder, 'plan.md', 'inside'), 'utf8')).toBe('kept');
});

test('A folder that cannot be made is the file system’s own error.', async () => {
  await writeFile(join(folder, 'file'), '');

  await expect(writeWhole(join(folder, 'file', 'runs'), 'plan.md', 'x')).rejects.toMatchObject({
    code: 'ENOTDIR',
  });
});

test('A file is described by name, hash, bytes and media type.', () => {
  expect(describeFile({ name: 'a.md', media_type: 'text/markdown', content: 'é' })).toEqual({
    name: 'a.md',
    sha256: '4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c',
    size: 2,
    media_type: 'text/markdown',
  });
});
