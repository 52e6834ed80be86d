import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { recordedText } from '@agento/evidence/recorded';
import { root } from '@agento/files/home';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { agento } from './test-terminal.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'agento-guardrails-'));
  await mkdir(path.join(folder, 'traces'));
  await writeFile(path.join(folder, 'traces', 'one.jsonl'), recordedText());
  await writeFile(path.join(folder, 'traces', 'other.json'), '{"no": "trace"}');
});
afterAll(() => rm(folder, { recursive: true }));

const written = async (guardrails: object[]) => {
  const file = path.join(folder, 'guardrails.json');
  await writeFile(file, JSON.stringify({ version: 1, guardrails }));
  return file;
};
const ratings = (action: string) => ({
  id: 'ratings-differ',
  description: 'Ratings that are all alike choose nothing',
  action,
  steps: ['criteria_evaluation'],
  check: { kind: 'spread', field: 'evaluations[].rating', least: 2 },
});

test('guardrails test says where a proposal fires in stored runs, and what that would have cost', async () => {
  const file = await written([ratings('repair')]);

  const { exitCode, stdout, stderr } = await agento(['guardrails', 'test', file, '--runs', folder]);

  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout).toBe(`1 guardrail on 1 stored run
fired    1 time
repairs  1 more call, about 2723 tokens in, 284 out, cost unknown
blocked  no run

ratings-differ (repair)
Ratings that are all alike choose nothing
judged  1 answer
fires   1 time, in 1 run
✖ 7be0e179  criteria_evaluation  2f8acb1a02df9c4b
      the answer: the 8 values of evaluations[].rating go from 7 to 8: they must differ by at least
      2, so that they tell the good from the less good
      → asked again: about 2723 tokens in, 284 out, cost unknown
`);
});

test('guardrails test says where a run would have ended', async () => {
  const file = await written([ratings('block')]);

  const json = await agento(['guardrails', 'test', file, '--runs', folder, '--json']);

  expect(JSON.parse(json.stdout)).toMatchObject({
    runs: 1,
    blocked_runs: 1,
    repairs: { calls: 0 },
    rails: [
      {
        guardrail: { id: 'ratings-differ' },
        judged: 1,
        fires: [
          {
            span_id: '2f8acb1a02df9c4b',
            step: 'criteria_evaluation',
            change: { is: 'block', calls_before: 4, calls_not_made: 64, cost_not_spent_usd: null },
          },
        ],
      },
    ],
  });
  const md = await agento(['guardrails', 'test', file, '--runs', folder, '--md']);
  expect(md.stdout).toContain('## ratings-differ (block)');
});

test('guardrails test reads the same run twice as one', async () => {
  const file = await written([ratings('warn')]);

  const { stdout } = await agento([
    'guardrails',
    'test',
    file,
    '--json',
    '--runs',
    folder,
    path.join(folder, 'traces', 'one.jsonl'),
  ]);

  expect(JSON.parse(stdout)).toMatchObject({ runs: 1, rails: [{ judged: 1 }] });
});

test('guardrails test counts what a removed secret hides as not judged', async () => {
  const secret = '5,000 euros';
  const traces = path.join(folder, 'redacted');
  await mkdir(traces);
  await writeFile(path.join(traces, 'one.jsonl'), recordedText().replaceAll(secret, '***REDACTED***'));
  const rail = { description: 'Why', action: 'warn', steps: ['expansion_evaluation'] };
  const file = await written([
    { ...rail, id: 'own', check: { kind: 'pattern', forbid: [secret] } },
    { ...rail, id: 'shown', check: { kind: 'quote', field: 'reasoning', source: ['item.item_description'] } },
  ]);

  const judged = async (runs: string) => {
    const { stdout } = await agento(['guardrails', 'test', file, '--json', '--runs', runs]);
    const { rails } = JSON.parse(stdout) as { rails: { judged: number; unread: number; fires: unknown[] }[] };
    return rails.map(({ judged, unread, fires }) => [judged, unread, fires.length]);
  };

  expect(await judged(path.join(folder, 'traces', 'one.jsonl'))).toEqual([
    [30, 0, 6],
    [30, 0, 21],
  ]);
  expect(await judged(traces)).toEqual([
    [24, 6, 0],
    [0, 30, 0],
  ]);
});

test('the guardrails that come with Agento can be used', async () => {
  const file = path.join(root, 'packages/guardrails/examples/judges.yaml');

  const { exitCode, stdout } = await agento(['guardrails', 'test', file, '--runs', folder]);

  expect([exitCode, stdout.split('\n')[0]]).toEqual([0, '5 guardrails on 1 stored run']);
});

test('guardrails test refuses what it cannot use, in words', async () => {
  const bad = await written([{ ...ratings('stop'), check: { kind: 'spread', field: 'rating', least: 2 } }]);
  const refused = await agento(['guardrails', 'test', bad, '--runs', folder]);
  expect([refused.exitCode, refused.stdout]).toEqual([2, '']);
  expect(refused.stderr).toContain('/guardrails/0/action: must be one of ["warn","repair","block"]');

  const file = await written([ratings('warn')]);
  const empty = path.join(folder, 'empty');
  await mkdir(empty);
  const none = await agento(['guardrails', 'test', file, '--runs', empty]);
  expect([none.exitCode, none.stderr.split('\n')[0]]).toEqual([3, `✖ No runs in ${empty}.`]);
  const missing = await agento(['guardrails', 'test', path.join(folder, 'none.yaml')]);
  expect([missing.exitCode, missing.stderr]).toEqual([
    3,
    expect.stringMatching(/^✖ No such file: .*none\.yaml\.\n/),
  ]);
});
