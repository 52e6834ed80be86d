import { mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeFolder, makeFolderSync, whyNot } from '../src/index.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'agento-files-'));
});
afterEach(() => rm(root, { recursive: true }));

describe.each([
  ['makeFolder', makeFolder],
  ['makeFolderSync', async (folder: string) => makeFolderSync(folder)],
])('%s', (_name, make) => {
  const why = (folder: string) =>
    make(folder).then(
      () => 'made',
      (error) => whyNot(error),
    );

  test('makes what is missing, for its owner alone, also where somebody else makes it at the same time', async () => {
    const folder = join(root, 'a', 'b', 'c');
    await Promise.all([make(folder), make(folder), make(join(root, 'a', 'b', 'd'))]);
    const modes = await Promise.all(
      [folder, join(root, 'a')].map(async (path) => (await stat(path)).mode & 0o777),
    );
    expect(modes).toEqual([0o700, 0o700]);
  });

  test('leaves a folder that is there as it is, and one behind a link', async () => {
    const [folder, link] = [join(root, 'open'), join(root, 'link')];
    await mkdir(folder);
    await symlink(folder, link);
    const before = (await stat(folder)).mode;
    await make(folder);
    await make(join(link, 'below'));
    await make('/');
    expect((await stat(folder)).mode).toBe(before);
    expect((await stat(join(folder, 'below'))).isDirectory()).toBe(true);
  });

  test('says that a file is in the way', async () => {
    const file = join(root, 'file');
    await writeFile(file, '');
    await symlink(join(root, 'nowhere'), join(root, 'dangling'));
    expect([await why(file), await why(join(file, 'a', 'b')), await why(join(root, 'dangling'))]).toEqual([
      'a file with that name is in the way',
      'a part of its path is a file, not a folder',
      'a file with that name is in the way',
    ]);
  });

  // Node's own recursive mkdir does not come back from these: no test could end it.
  test.skipIf(process.platform !== 'linux').each(['/proc/x', '/proc/x/y/z', '/sys/x/y'])(
    'comes back from %s, which cannot hold folders',
    async (folder) => {
      expect(await why(folder)).toMatch(
        /cannot hold folders|^permission denied|does not permit it|read-only/,
      );
    },
  );
});

test('What it has no words for is said in the system’s', () => {
  expect(whyNot(new Error('out of luck'))).toBe('out of luck');
});
