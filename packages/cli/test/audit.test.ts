import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { recordedText } from '@agento/evidence/recorded';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serving } from './answering.ts';
import { startJaeger } from './jaeger.ts';
import { agento } from './test-terminal.ts';

let folder: string;
const asked = (...words: string[]) => agento(['audit', ...words], { env: { AGENTO_DATA_DIR: folder } });

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'agento-audit-'));
  await mkdir(path.join(folder, 'empty'));
  await writeFile(path.join(folder, 'recorded.jsonl'), recordedText());
  await writeFile(path.join(folder, 'broken.jsonl'), 'not JSON {');
});
afterAll(() => rm(folder, { recursive: true }));

test('audit reports the worst first, with passages, names what it could not read, and goes on', async () => {
  const { stdout, exitCode } = await asked(folder, '--severity', 'warning');
  expect(exitCode).toBe(0);
  expect(stdout).toContain('1 run: 0 errors, 1 warning, 0 notes');
  expect(stdout).toContain('broken.jsonl: holds no trace in OTLP JSON.');
  expect(stdout).toContain('! p3-i3-a1 lowered c7 from 1 to 0; it was to change c3.');
});

test('audit exits with 1 if a finding is as bad as --fail-on says, and writes JUnit and SARIF', async () => {
  const [junit, sarif] = [path.join(folder, 'audit.xml'), path.join(folder, 'audit.sarif')];
  const { exitCode } = await asked(folder, '--fail-on', 'warning', '--junit', junit, '--sarif', sarif);
  expect(exitCode).toBe(1);
  expect((await asked(folder, '--fail-on', 'error')).exitCode).toBe(0);
  expect(await readFile(junit, 'utf8')).toContain('failures="1"');
  expect(JSON.parse(await readFile(sarif, 'utf8')).runs[0].tool.driver.name).toBe('agento-audit');
});

test('audit counts a run once that lies in two files, and says so', async () => {
  const file = path.join(folder, 'recorded.jsonl');
  const { stdout } = await asked(file, folder, '--severity', 'warning');
  expect(stdout).toContain('1 run: 0 errors, 1 warning, 0 notes');
  expect(stdout).toContain('1 more is a run that came before; it is counted once.');
});

test('audit writes notes as no failures of JUnit, unless --fail-on says so', async () => {
  const [file, junit] = [path.join(folder, 'recorded.jsonl'), path.join(folder, 'notes.xml')];
  const failing = async (...words: string[]) => {
    await asked(file, '--junit', junit, ...words);
    return (await readFile(junit, 'utf8')).match(/failures="\d+"|<failure type="\w+"/g);
  };
  expect(await failing()).toEqual(['failures="1"', '<failure type="warning"']);
  expect(await failing('--fail-on', 'error')).toEqual(['failures="0"']);
  const note = '<failure type="note"';
  expect(await failing('--rule', 'decision.close')).toEqual(['failures="0"']);
  expect(await failing('--rule', 'decision.close', '--fail-on', 'note')).toEqual([
    'failures="1"',
    note,
    note,
    note,
  ]);
});

test('audit says in a sentence that a folder is empty, and that there is no such rule', async () => {
  const empty = path.join(folder, 'empty');
  expect(await asked(empty)).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining(`There is no run to audit in ${empty}.`),
  });
  expect(await asked(folder, '--rule', 'nope')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('There is no rule nope.'),
  });
});

const traceId = 'caf44cc231bfc0e4aaa8aea3a11f3a74';
const foreignId = 'f'.repeat(32);
const foreign = JSON.stringify({
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
      scopeSpans: [
        {
          spans: [
            {
              traceId: foreignId,
              spanId: 'f'.repeat(16),
              name: 'GET /',
              startTimeUnixNano: '1795000000000000000',
              endTimeUnixNano: '1795000001000000000',
            },
          ],
        },
      ],
    },
  ],
});

test('audit of Jaeger gives the same as of the file, with and without an id, and names what is no run', async () => {
  const file = path.join(folder, 'recorded.jsonl');
  const { stdout } = await asked(file, '--json');
  const jaeger = await startJaeger(recordedText(), traceId, () => `${recordedText()}\n${foreign}`);
  try {
    const all = await asked('--jaeger', jaeger.url, '--since', '2020-01-01', '--json');
    expect(JSON.parse(all.stdout)).toEqual({
      ...JSON.parse(stdout),
      unread: [{ source: `trace ${foreignId}`, why: "holds 1 span but none of Agento's modules." }],
    });
    expect(await asked(traceId, '--jaeger', jaeger.url, '--json')).toEqual({
      exitCode: 0,
      stdout,
      stderr: '',
    });
    expect(await asked('--jaeger', jaeger.url, '--since', '2099-01-01')).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining(`There is no run to audit in ${jaeger.url}.`),
    });
  } finally {
    jaeger.close();
  }
});

test('audit of Jaeger reads runs a few at a time, each once, where there are more than one answer should hold', async () => {
  const lines = recordedText().trim().split('\n');
  const small = lines.filter((line) => line.includes('Agento-Module-1')).join('\n');
  const firstDay = Date.parse('2026-11-01');
  const there = Array.from({ length: 45 }, (_, index) => {
    const number = String(index).padStart(4, '0');
    const text = small
      .replaceAll(traceId, `${traceId.slice(0, 28)}${number}`)
      .replaceAll('7be0e179-', `7be0${number}-`);
    return { at: firstDay + index * 600_000, text };
  });
  const answered: number[] = [];
  const jaeger = await startJaeger(small, traceId, (query) => {
    const [least, most] = ['min', 'max'].map((end) => Date.parse(query.get(`query.start_time_${end}`) ?? ''));
    const found = there.filter(({ at }) => at >= (least ?? 0) && at <= (most ?? 0)).reverse();
    const told = found.slice(0, Number(query.get('query.search_depth')));
    answered.push(told.length);
    return told.map(({ text }) => text).join('\n');
  });
  try {
    const { stdout } = await asked('--jaeger', jaeger.url, '--since', '2026-11-01', '--severity', 'error');
    expect(stdout.split('\n')[0]).toMatch(/^45 runs: /);
    expect(Math.max(...answered)).toBe(20);
  } finally {
    jaeger.close();
  }
});

test('audit says in a sentence that Jaeger is not there, or broke off', async () => {
  const gone = await startJaeger(foreign, foreignId);
  gone.close();
  const { exitCode, stderr } = await asked('--jaeger', gone.url);
  expect([exitCode, stderr]).toEqual([
    3,
    expect.stringMatching(
      /^✖ No runs in http:\S+: http:\S+ is not reachable \(.*ECONNREFUSED.*\)\. Name the address .+\n$/,
    ),
  ]);
  const byId = await asked(traceId, '--jaeger', gone.url);
  expect([byId.exitCode, byId.stderr]).toEqual([
    3,
    expect.stringMatching(/^✖ There is no run to audit in http:\S+\.\n.*is not reachable/),
  ]);
  const url = await serving((_, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('{', () => response.destroy());
  });
  expect(await asked('--jaeger', url)).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining(`No runs in ${url}: the answer of ${url}/api/v3/services broke off (`),
  });
});

test('audit names a file of foreign spans', async () => {
  const file = path.join(folder, 'empty', 'shop.jsonl');
  await writeFile(file, foreign);
  expect(await asked(file)).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining(`${file} holds 1 span but none of Agento's modules.`),
  });
});
