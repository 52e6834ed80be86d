import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWhole, writeWhole } from '@agento/files';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'files-'));
});
afterEach(() => rm(folder, { recursive: true }));

const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

for (const [name, write] of [
  ['written', writeWhole],
  ['created', createWhole],
] as const) {
  test(`A file is ${name} whole, for its owner only, in folders that are made for it.`, async () => {
    const directory = join(folder, 'runs', 'one');

    await write(directory, 'plan.md', '# Café\n');

    expect(await readFile(join(directory, 'plan.md'), 'utf8')).toBe('# Café\n');
    expect(await Promise.all([directory, join(directory, 'plan.md')].map(mode))).toEqual(['700', '600']);
    expect(await readdir(directory)).toEqual(['plan.md']);
  });

  test(`A folder that cannot be made for a file to be ${name} is the file system’s own error.`, async () => {
    await writeFile(join(folder, 'file'), '');

    await expect(write(join(folder, 'file', 'runs'), 'plan.md', 'x')).rejects.toMatchObject({
      code: 'ENOTDIR',
    });
  });
}

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

test('Of many that create the same file, one does, and it is left as that one made it.', async () => {
  const made = await Promise.all(
    Array.from({ length: 20 }, (_, index) => createWhole(folder, 'key.json', String(index))),
  );

  expect(made.filter(Boolean)).toHaveLength(1);
  expect(await readFile(join(folder, 'key.json'), 'utf8')).toBe(String(made.indexOf(true)));
  expect(await readdir(folder)).toEqual(['key.json']);
});
