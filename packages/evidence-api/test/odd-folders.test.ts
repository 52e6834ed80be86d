import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { recordedAgainText, recordedText } from '@agento/evidence/recorded';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { folderSource, readingOf } from '../src/evidence-source.ts';

const run = '7be0e179-6467-4b85-abad-dc729025edb9';
const again = '0190a3c2-7f1e-7c3a-9d35-0242ac120003';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'agento-odd-'));
});
afterEach(() => rm(folder, { recursive: true }));

const opened = async (id: string) => (await readingOf(folderSource(folder), id)).reading.run_id;
const listed = async () => (await folderSource(folder).runs(10)).runs.map(({ run_id }) => run_id);

test('Every run that is listed can be opened, whatever its file is called and wherever in the folder it lies.', async () => {
  await mkdir(path.join(folder, 'traces'));
  await writeFile(path.join(folder, 'caf44cc231bfc0e4aaa8aea3a11f3a74.jsonl'), recordedText());
  await writeFile(path.join(folder, 'traces', 'of <b> "somebody", ünï.jsonl'), recordedAgainText());
  expect((await listed()).sort()).toEqual([again, run].sort());
  expect([await opened(run), await opened(again.toUpperCase())]).toEqual([run, again]);
});

test('Of a file that holds several runs each is opened, and one that comes later as well.', async () => {
  const file = path.join(folder, 'traces.json');
  const source = folderSource(folder);
  await writeFile(file, recordedText());
  await expect(source.traces(again)).rejects.toThrow(`No run ${again}`);
  await writeFile(file, `${recordedText()}\n${recordedAgainText()}`);
  const found = await source.traces(again);
  expect(found.map(({ trace_id }) => trace_id)).toEqual(['0af7651916cd43dd8448eb211c803193']);
  expect(await opened(run)).toBe(run);
});

test('Attempts at a run that left no outputs here are all found, each in its own trace.', async () => {
  const traces = path.join(folder, 'traces');
  await mkdir(traces);
  const [first, second] = ['caf44cc231bfc0e4aaa8aea3a11f3a74', 'caf44cc231bfc0e4aaa8aea3a11f3a75'];
  await writeFile(path.join(traces, `${first}.jsonl`), recordedText());
  const later = recordedText()
    .replaceAll(first, second)
    .replaceAll(
      /("key":\s*"agento\.run\.attempt",\s*"value":\s*\{\s*"intValue":\s*)"?1"?/g,
      (_all, before: string) => `${before}"2"`,
    );
  await writeFile(path.join(traces, `${second}.jsonl`), later);
  const source = folderSource(folder);
  const attempt = async (number?: number) => (await readingOf(source, run, number)).reading.trace_id;
  expect([await attempt(1), await attempt(2), await attempt()]).toEqual([first, second, second]);
});

test('What only has the name of a trace file takes nothing away from the others.', async () => {
  const traces = path.join(folder, 'traces');
  await mkdir(path.join(traces, 'folder.jsonl'), { recursive: true });
  await writeFile(path.join(traces, 'caf44cc231bfc0e4aaa8aea3a11f3a74.jsonl'), recordedText());
  await symlink('/nowhere/at-all', path.join(traces, 'gone.jsonl'));
  await symlink('.', path.join(traces, 'here.jsonl'));
  await symlink('itself.jsonl', path.join(traces, 'itself.jsonl'));
  // A file that nobody can read, where there is one.
  await symlink('/proc/self/mem', path.join(traces, 'unreadable.jsonl'));
  await writeFile(path.join(traces, 'empty.jsonl'), '');
  const socket = createServer();
  await new Promise<void>((resolve) => socket.listen(path.join(traces, 'socket.jsonl'), resolve));
  try {
    const unread: string[] = [];
    const source = folderSource(folder);
    const ids = await Array.fromAsync(
      source.digests(
        ({ run_id }) => run_id,
        10,
        (one) => unread.push(path.basename(one.source)),
      ),
    );
    expect(ids).toEqual([run]);
    const unreadable = process.platform === 'linux' ? ['unreadable.jsonl'] : [];
    expect(unread.sort()).toEqual(['empty.jsonl', ...unreadable]);
    expect([await listed(), await opened(run)]).toEqual([[run], run]);
  } finally {
    await new Promise((resolve) => socket.close(resolve));
  }
});
