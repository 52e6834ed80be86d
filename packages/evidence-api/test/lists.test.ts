import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseTraces, type RunSummary, readRuns, summaryOf } from '@agento/evidence';
import { recordedAgainText, recordedText } from '@agento/evidence/recorded';
import { expect, test } from 'vitest';
import { folderList } from '../src/folder-list.ts';
import { jaegerList } from '../src/jaeger-list.ts';
import type { RunList } from '../src/run-list.ts';

const summaries = (text: string) => parseTraces(text).flatMap(readRuns).map(summaryOf);
const told = ({ runs, is_whole, left_to_read }: RunList) => [
  runs.map(({ run_id }) => run_id.slice(0, 8)),
  is_whole,
  left_to_read,
];

test('A folder is listed as far as it is read, says how much is left, and is whole in the end, the newest first.', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'agento-lists-'));
  await mkdir(path.join(folder, 'traces'));
  await writeFile(path.join(folder, 'traces', 'a.jsonl'), recordedText());
  await writeFile(path.join(folder, 'traces', 'b.jsonl'), recordedAgainText());
  const { runs } = folderList(folder, 0);
  /** How many are told of and how many are left: whatever has been read by then, together always the same. */
  const counted = (list: RunList) => list.runs.length + (list.left_to_read ?? Number.NaN);
  try {
    expect(counted(await runs(1_000))).toBe(2);
    await expect.poll(async () => (await runs(1_000)).is_whole, { timeout: 20_000 }).toBe(true);
    expect(told(await runs(1_000))).toEqual([['0190a3c2', '7be0e179'], true, 0]);
    // Of those that were asked for, no more is left.
    expect(counted(await folderList(folder, 0).runs(1))).toBe(1);

    await writeFile(path.join(folder, 'traces', 'c.jsonl'), recordedAgainText(2));
    const more = await runs(1_000);
    expect([counted(more), more.runs.length >= 2]).toEqual([3, true]);
    await expect.poll(async () => (await runs(1_000)).runs.length, { timeout: 20_000 }).toBe(3);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('What Jaeger has is listed as far as it is read; what the list had before stays in it until then.', async () => {
  let opened = Promise.withResolvers<void>();
  const [first, second] = [summaries(recordedText()), summaries(recordedAgainText())];
  const list = jaegerList(async function* (): AsyncGenerator<RunSummary> {
    yield* second;
    await opened.promise;
    yield* first;
  }, 0);

  expect(told(await list(10))).toEqual([['0190a3c2'], false, null]);
  opened.resolve();
  await expect.poll(async () => told(await list(10))).toEqual([['0190a3c2', '7be0e179'], true, 0]);

  opened = Promise.withResolvers();
  expect(told(await list(10))).toEqual([['0190a3c2', '7be0e179'], false, null]);
  opened.resolve();
});
