import { rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseTraces } from '@agento/evidence';
import { recordedText } from '@agento/evidence/recorded';
import { expect, test } from 'vitest';
import { databaseFile } from '../src/index.ts';
import { openDatabase } from '../src/open-database.ts';
import { tracesIn } from '../src/read-traces.ts';
import { answer, copy, dataFolder, foreign, write } from './traces.ts';

const paths = 'SELECT parse_filename(path), traces, spans FROM files ORDER BY path';

test('What is new, has grown or is gone is read again, and nothing else', async () => {
  const dataDir = await dataFolder({ 'a.jsonl': copy(1), 'b.jsonl': foreign('b') });
  expect(await answer(paths, { dataDir })).toMatchObject({
    read: 2,
    rows: [
      ['a.jsonl', 1, 180],
      ['b.jsonl', 1, 1],
    ],
  });
  expect(await answer(paths, { dataDir })).toMatchObject({ read: 0, news: [] });

  await write(dataDir, 'b.jsonl', `${foreign('b')}\n${foreign('b', ['a2'])}\n`);
  await write(dataDir, 'c.jsonl', copy(3));
  expect(await answer(paths, { dataDir })).toMatchObject({
    read: 2,
    rows: [
      ['a.jsonl', 1, 180],
      ['b.jsonl', 1, 2],
      ['c.jsonl', 1, 180],
    ],
  });

  await rm(path.join(dataDir, 'traces', 'a.jsonl'));
  expect(await answer(paths, { dataDir })).toMatchObject({
    read: 0,
    rows: [
      ['b.jsonl', 1, 2],
      ['c.jsonl', 1, 180],
    ],
  });
  const ids = 'SELECT count(*), count(DISTINCT trace_id) FROM';
  expect((await answer(`${ids} spans`, { dataDir })).rows).toEqual([[182, 2]]);
  expect((await answer(`${ids} calls`, { dataDir })).rows).toEqual([[68, 1]]);
});

test('A file that another took the place of is read again, even of the same size and times, and no other is', async () => {
  const dataDir = await dataFolder({ 'a.jsonl': foreign('a'), 'b.jsonl': copy(2) });
  await answer(paths, { dataDir });
  const file = path.join(dataDir, 'traces', 'a.jsonl');
  const { size, atime, mtime } = await stat(file);

  await writeFile(`${file}.new`, foreign('c'));
  await utimes(`${file}.new`, atime, mtime);
  await rename(`${file}.new`, file);
  expect((await stat(file)).size).toBe(size);

  expect(await answer('SELECT DISTINCT trace_id FROM spans ORDER BY 1', { dataDir })).toMatchObject({
    read: 1,
    rows: [['2af44cc231bfc0e4aaa8aea3a11f3a74'], ['c'.repeat(32)]],
  });
});

test('A broken, a foreign and an empty file get a sentence each; what is whole in them is read', async () => {
  const torn = `${foreign('a')}\n${foreign('a', ['a2']).slice(0, 200)}`;
  const dataDir = await dataFolder({
    'torn.jsonl': torn,
    'list.json': '[1]',
    'empty.jsonl': '',
    'note.txt': '?',
  });

  const { rows } = await answer(
    'SELECT parse_filename(path), rule, detail FROM problems JOIN files USING (file_id) ORDER BY ALL',
    { dataDir },
  );
  expect(rows).toEqual([
    ['empty.jsonl', 'file', 'It is empty.'],
    [
      'list.json',
      'encoding.json',
      'line 1 is not TracesData: it must be a JSON object with a list resourceSpans',
    ],
    ['list.json', 'file', 'It holds no trace: nothing in it is OTLP JSON with resourceSpans.'],
    [
      'torn.jsonl',
      'encoding.json',
      'line 2 is not TracesData: it must be a JSON object with a list resourceSpans',
    ],
  ]);
  expect((await answer('SELECT name FROM spans', { dataDir })).rows).toEqual([['GET /a1']]);
});

test('A trace in two files counts once, from the one with more of it, and from the other when that is gone', async () => {
  const dataDir = await dataFolder({
    'a.jsonl': foreign('a', ['a1']),
    'b.jsonl': `${foreign('a', ['a1', 'a2'])}\n${foreign('b')}`,
  });
  const question =
    'SELECT parse_filename(path), count(*) FROM spans JOIN files USING (file_id) GROUP BY path ORDER BY path';
  expect((await answer(question, { dataDir })).rows).toEqual([['b.jsonl', 3]]);
  const [problem] = (await answer('SELECT rule, detail FROM problems', { dataDir })).rows;
  expect(problem).toEqual([
    'elsewhere',
    'The trace is taken from another file, which has 2 of its spans; this one has 1. Spans that are only here are in no table.',
  ]);

  await rm(path.join(dataDir, 'traces', 'b.jsonl'));
  expect((await answer(question, { dataDir })).rows).toEqual([['a.jsonl', 1]]);
  expect((await answer('FROM problems', { dataDir })).rows).toEqual([]);
});

test('A collector’s file has tables of its own, beside those of the data folder', async () => {
  const dataDir = await dataFolder({ 'a.jsonl': copy(1) });
  const collected = path.join(dataDir, 'collected');
  await writeFile(collected, `${copy(2)}${copy(3)}`);

  const sources = [collected];
  expect((await answer('SELECT run_id FROM runs ORDER BY 1', { dataDir, sources })).rows).toEqual([
    ['2be0e179-6467-4b85-abad-dc729025edb9'],
    ['3be0e179-6467-4b85-abad-dc729025edb9'],
  ]);
  expect(await answer('SELECT count(*) FROM runs', { dataDir })).toMatchObject({ read: 1, rows: [[1]] });
  expect((await answer('SELECT count(*) FROM runs', { dataDir, sources })).read).toBe(0);
});

test('A file too large to be read at once is divided by its traces, and gives the same', async () => {
  const text = `${copy(1)}${copy(2)}not JSON\n${recordedText()}`;
  const dataDir = await dataFolder({ 'a.jsonl': text });
  const file = { path: path.join(dataDir, 'traces', 'a.jsonl'), identity: '', size: Buffer.byteLength(text) };

  const read = [];
  for await (const part of tracesIn(file, dataDir, 1_000_000)) read.push(...part);
  const spansOf = (traces: ReturnType<typeof parseTraces>) =>
    traces.map(({ trace_id, spans }) => [trace_id, spans.length]).sort();
  expect(spansOf(read.filter(({ spans }) => spans.length > 0))).toEqual(spansOf(parseTraces(text)));
  expect(new Set(read.flatMap((trace) => trace.encoding_problems.map(({ rule }) => rule)))).toEqual(
    new Set(['encoding.json']),
  );
});

test('Tables of another version are made again from the traces', async () => {
  const dataDir = await dataFolder({ 'a.jsonl': copy(1) });
  await answer(paths, { dataDir });
  const { connection, close } = await openDatabase(databaseFile({ dataDir }), 'write', {
    onWait() {},
    interrupted: new AbortController().signal,
  });
  await connection.run("COMMENT ON TABLE files IS 'an older one'");
  close();

  expect(await answer(paths, { dataDir })).toMatchObject({ read: 1, rows: [['a.jsonl', 1, 180]] });
});

test.each(['', 'not a database', '\0'.repeat(20_000)])(
  'Tables that are damaged are made again from the traces',
  async (damaged) => {
    const dataDir = await dataFolder({ 'a.jsonl': copy(1) });
    await answer(paths, { dataDir });
    await writeFile(databaseFile({ dataDir }), damaged);

    expect(await answer(paths, { dataDir })).toEqual({
      read: 1,
      rows: [['a.jsonl', 1, 180]],
      news: ['The tables are of another version, or damaged: they are made again from the traces'],
    });
  },
);
