import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Appender } from '../../src/folder/appender.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'appender-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('What is appended in whichever turn, while a write begins, ends or has ended, is written.', async () => {
  const path = join(folder, 'lines.jsonl');
  const appender = new Appender(path, () => {});
  const lines: string[] = [];
  const append = (line: string) => {
    lines.push(line);
    return appender.append([line]);
  };

  for (let turns = 0; turns < 12; turns += 1) {
    const first = append(`${turns} first`);
    for (let turn = 0; turn < turns; turn += 1) await null;
    await Promise.all([first, append(`${turns} second`)]);
  }
  await appender.close();

  expect((await readFile(path, 'utf8')).trim().split('\n')).toEqual(lines);
});

test('What is refused at once keeps nothing from being written after it.', async () => {
  let isAllowed = false;
  const path = join(folder, 'lines.jsonl');
  const appender = new Appender(path, () => {
    if (!isAllowed) throw new Error('not allowed');
  });

  await expect(appender.append(['one'])).rejects.toThrow('not allowed');
  isAllowed = true;
  await appender.append(['two']);
  await appender.close();

  expect(await readFile(path, 'utf8')).toBe('two\n');
});
