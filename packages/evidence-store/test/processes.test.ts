import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { expect, test } from 'vitest';
import { answer, copy, dataFolder, foreign, write } from './traces.ts';

/** Another process that opens the tables of this folder, and prints a line for each file it has read. */
function other(dataDir: string) {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'other-process.ts'), dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return { child, ended: once(child, 'close') };
}

const counts = 'SELECT count(*), count(DISTINCT trace_id), (SELECT count(*) FROM files) FROM spans';
const several = () =>
  Object.fromEntries([1, 2, 3, 4, 5, 6].map((number) => [`${number}.jsonl`, copy(number)]));

test('Who is killed while it reads traces leaves tables that the next one completes', async () => {
  const dataDir = await dataFolder(several());
  const { child, ended } = other(dataDir);
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await ended;

  expect((await answer(counts, { dataDir })).rows).toEqual([[6 * 180, 6, 6]]);
});

test('Who is killed while it replaces files leaves each as it was or as it is, and the next one completes them', async () => {
  const dataDir = await dataFolder(several());
  await answer(counts, { dataDir });
  for (const [name, text] of Object.entries(several()))
    await write(dataDir, name, `${text}${foreign('f')}\n`);
  const { child, ended } = other(dataDir);
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await ended;

  expect(await answer(counts, { dataDir })).toMatchObject({ rows: [[6 * 180 + 1, 7, 6]], news: [] });
  expect(await answer(counts, { dataDir })).toMatchObject({ read: 0 });
});

test('Two that ask at once both get the whole answer', async () => {
  const dataDir = await dataFolder(several());
  const { child, ended } = other(dataDir);
  await once(child.stdout, 'data');

  expect((await answer(counts, { dataDir })).rows).toEqual([[6 * 180, 6, 6]]);
  expect(await ended).toEqual([0, null]);
});
