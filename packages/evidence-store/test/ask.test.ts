import { readFile } from 'node:fs/promises';
import { recordedText } from '@agento/evidence/recorded';
import { expect, test } from 'vitest';
import { markdown, marker, page } from '../docs/tables.ts';
import { whyMissing } from '../src/duckdb.ts';
import { answer, copy, dataFolder } from './traces.ts';

test.each([
  ['DELETE FROM runs', /Only statements that read/],
  ['CREATE TEMP TABLE t AS FROM runs', /Only statements that read/],
  ["SET memory_limit = '8GB'", /Only statements that read/],
  ["COPY runs TO '/tmp/runs.csv'", /file system operations are disabled/],
  ["ATTACH '/tmp/other.duckdb'", /Only statements that read/],
  ['INSTALL httpfs', /Only statements that read|disabled/],
  ['LOAD httpfs', /Only statements that read|disabled/],
  ["SELECT * FROM read_text('/etc/hostname')", /file system operations are disabled/],
  ["SELECT * FROM read_csv('https://example.org/a.csv')", /disabled|not exist/],
  ["SELECT * FROM '/etc/hostname'", /does not exist/],
  ['SELECT 1; SELECT 2', /There are 2 statements: ask one at a time/],
  [';', /There is no statement in it/],
  ['-- a remark', /There is no statement in it/],
  ["SET max_temp_directory_size = '1TB'", /Only statements that read/],
  ['SELECT colour FROM runs', /"colour" not found/],
])('%s is refused in a sentence, and changes nothing', async (sql, sentence) => {
  const dataDir = await dataFolder({ 'a.jsonl': copy(1) });
  await expect(answer(sql, { dataDir })).rejects.toThrow(sentence);
  expect(await answer('SELECT count(*) FROM runs', { dataDir })).toMatchObject({ read: 0, rows: [[1]] });
});

test('Values come as plain data: numbers, lists, times in UTC', async () => {
  const dataDir = await dataFolder({ 'a.jsonl': copy(1) });
  const { rows } = await answer(
    `SELECT count(*), 2::HUGEINT ** 70, ['a'], {'b': 1.5}, MAP {'k': [1]}, TIMESTAMP '2026-01-02 03:04:05', 0.5::DECIMAL, NULL
    FROM runs`,
    { dataDir },
  );
  expect(rows).toEqual([[1, 2 ** 70, ['a'], { b: 1.5 }, { k: [1] }, '2026-01-02 03:04:05', 0.5, null]]);
});

test('Where DuckDB is not installed or does not load, a sentence says so and what to do', () => {
  expect(whyMissing(new Error("Cannot find package '@duckdb/node-api' imported from /x"))).toMatch(
    /^The tables need DuckDB, an optional package that is not installed: install once more with optional packages\./,
  );
  expect(whyMissing(new Error("Error loading duckdb native binding: unsupported arch 'ia32'\n…"))).toMatch(
    /^The tables need DuckDB, which does not load here \(\w+ on \w+\): Error loading .* 'ia32'\. It is there for Linux/,
  );
});

test('docs/evidence-tables.md has every table and column as the definitions do (`pnpm tables` writes it)', async () => {
  const plain = (text: string) =>
    text
      .replaceAll(/ *\| */g, '|')
      .replaceAll(/-{3,}/g, '---')
      .trim();
  const [, written = ''] = (await readFile(page, 'utf8')).split(marker);
  expect(plain(written)).toBe(plain(markdown()));
});

test('Every question in docs/evidence-tables.md has an answer', async () => {
  const questions = [...(await readFile(page, 'utf8')).matchAll(/```sql\n(.*?)```/gs)].map(
    ([, sql = '']) => sql,
  );
  const dataDir = await dataFolder({ 'a.jsonl': recordedText() });

  expect(questions).not.toHaveLength(0);
  for (const sql of questions) expect((await answer(sql, { dataDir })).rows, sql).not.toHaveLength(0);
});
