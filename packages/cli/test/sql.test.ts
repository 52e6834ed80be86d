import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { recordedText } from '@agento/evidence/recorded';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startJaeger } from './jaeger.ts';
import { agento } from './test-terminal.ts';

let AGENTO_DATA_DIR: string;
const sql = (arguments_: string[], stdin = '') =>
  agento(['sql', ...arguments_], { env: { AGENTO_DATA_DIR }, stdin });

beforeAll(async () => {
  AGENTO_DATA_DIR = await mkdtemp(path.join(tmpdir(), 'agento-sql-'));
  await mkdir(path.join(AGENTO_DATA_DIR, 'traces'));
  await writeFile(path.join(AGENTO_DATA_DIR, 'traces', 'a.jsonl'), recordedText());
});
afterAll(() => rm(AGENTO_DATA_DIR, { recursive: true }));

const question =
  'SELECT kind, count(*) AS n, bool_and(pass) AS "all, pass" FROM verdicts GROUP BY kind ORDER BY n DESC LIMIT 2';

test('sql reads the traces, says so on stderr, and answers in a table; a second question reads nothing', async () => {
  const first = await sql([question]);
  expect(first.stderr).toBe('read 1 of 1 files, 3.1 MB of 3.1 MB\n');
  expect(await sql([question])).toEqual({
    exitCode: 0,
    stderr: '',
    stdout: `kind                 n  all, pass
──────────────────  ──  ─────────
item_criterion      30  false
revision_criterion  20  false
2 rows
`,
  });
});

test('sql answers as JSON and as CSV, and takes its statement from a file or standard input', async () => {
  const file = path.join(AGENTO_DATA_DIR, 'question.sql');
  await writeFile(file, question);

  const json = await sql(['--file', file, '--json']);
  expect(JSON.parse(json.stdout)).toEqual([
    { kind: 'item_criterion', n: 30, 'all, pass': false },
    { kind: 'revision_criterion', n: 20, 'all, pass': false },
  ]);
  const csv = await sql(['-', '--csv'], question);
  expect(csv.stdout).toMatch(/^kind,n,"all, pass"\nitem_criterion,30,false\nrevision_criterion,20,false\n$/);
});

test('sql --blocks gives a row below the other, with whole texts in lines that fit, and without what is null', async () => {
  const { stdout } = await sql([
    '--blocks',
    "SELECT criterion_id, rating, text, NULL AS nothing FROM criteria WHERE criterion_id IN ('c1', 'c2')",
  ]);
  expect(stdout).toBe(`criterion_id  c1
rating        7
text          Tasks are given only to those the brief counts on, “We are five volunteers in a town
              of 9,000 people”, and the hours that this takes are added up.

criterion_id  c2
rating        8
text          Spending on opening the repair café is entered in one account book and stays within
              what is given, “We have at most 5,000 euros”.

2 rows
`);
  expect((await sql(['--blocks', '--csv', 'FROM runs'])).exitCode).toBe(2);
});

test('sql without a statement lists tables and columns, and reads nothing', async () => {
  const { exitCode, stdout, stderr } = await agento(['sql'], { env: { AGENTO_DATA_DIR: '/proc/nowhere' } });
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^runs {2}An attempt at a run\n {2}file_id +INTEGER +The file it was read from/);
  expect(stdout).toMatch(/\n\nproblems {2}What is wrong with a file/);
});

test('sql of Jaeger gives the same as of the file, reads it once, and forgets what Jaeger has no more', async () => {
  const there = { text: recordedText() };
  const jaeger = await startJaeger(recordedText(), '', () => there.text);
  try {
    for (const table of ['runs', 'verdicts', 'links', 'spans', 'events']) {
      const everything = `SELECT * EXCLUDE (file_id) FROM ${table} ORDER BY ALL`;
      const { stdout } = await sql([everything, '--json']);
      expect((await sql([everything, '--json', '--jaeger', jaeger.url])).stdout).toBe(stdout);
    }
    const counted = ['SELECT count(*) AS n FROM runs', '--csv', '--jaeger', jaeger.url];
    expect(await sql(counted)).toEqual({ exitCode: 0, stdout: 'n\n1\n', stderr: '' });
    there.text = '';
    expect((await sql(counted)).stdout).toBe('n\n0\n');
  } finally {
    jaeger.close();
  }
  const gone = await sql(['FROM runs', '--jaeger', jaeger.url]);
  expect([gone.exitCode, gone.stderr]).toEqual([3, expect.stringContaining('is not reachable')]);
  expect((await sql(['FROM runs', '--since', '1d'])).stderr).toContain('--since is for --jaeger.');
});

test('sql says what is wrong with a statement, and which tables there are', async () => {
  const { exitCode, stdout, stderr } = await sql(['SELECT * FROM verdict']);
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/✖ Catalog Error: Table with name verdict does not exist!\nDid you mean "verdicts"/);
  expect(stderr).toMatch(
    /→ The tables are runs, steps, .* problems; `pnpm agento sql` lists their columns\.\n$/,
  );
});

test('sql reads other folders and files, and says that there is none', async () => {
  const other = path.join(AGENTO_DATA_DIR, 'collected');
  await copyFile(path.join(AGENTO_DATA_DIR, 'traces', 'a.jsonl'), other);

  const { stdout } = await sql(['SELECT path FROM files', '--csv', '--from', other]);
  expect(stdout).toBe(`path\n${other}\n`);
  expect((await sql(['--from', other, '--csv', 'SELECT path FROM files'])).stdout).toBe(stdout);
  expect((await sql(['--csv', '--from', other, 'SELECT path FROM files'])).stdout).toBe(stdout);
  const nowhere = path.join(AGENTO_DATA_DIR, 'nowhere');
  expect(await sql(['FROM runs', '--from', nowhere])).toMatchObject({
    exitCode: 3,
    stderr: `✖ No such file or folder: ${nowhere}.\n`,
  });
});

test('sql of a folder without traces is an empty answer', async () => {
  const empty = path.join(AGENTO_DATA_DIR, 'empty');
  const { exitCode, stdout } = await agento(['sql', 'SELECT run_id FROM runs'], {
    env: { AGENTO_DATA_DIR: empty },
  });
  expect([exitCode, stdout]).toEqual([0, 'run_id\n──────\n0 rows\n']);
});
