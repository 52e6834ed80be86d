import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { agento } from './test-terminal.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
let folder: string;
let file: string;

/** A trace of one span that does little of what the contract asks. */
const data = {
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'Agento-Module-1' } }] },
      scopeSpans: [
        {
          scope: { name: 'agento.module1', version: '1.1.0' },
          spans: [
            {
              traceId,
              spanId: '00f067aa0ba902b7',
              name: 'run_module_1',
              kind: 1,
              startTimeUnixNano: '1000000000',
              endTimeUnixNano: '2500000000',
              attributes: [{ key: 'agento.run.id', value: { stringValue: 'r' } }],
            },
          ],
        },
      ],
    },
  ],
};

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'agento-trace-'));
  file = path.join(folder, 'trace.jsonl');
  await writeFile(file, `${JSON.stringify(data)}\n`);
});
afterAll(() => rm(folder, { recursive: true }));

test('trace prints the tree of a file, without colour in a pipe', async () => {
  const { exitCode, stdout, stderr } = await agento(['trace', file]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toContain('run_module_1');
  expect(stdout).not.toContain('\u001b');
});

test('validate exits 1 and gives one line a finding, or the same as JSON', async () => {
  const json = await agento(['validate', file, '--format', 'json', '--complete']);
  const report = JSON.parse(json.stdout);
  expect([json.exitCode, report.trace_id, report.spans, report.complete]).toEqual([1, traceId, 1, true]);
  expect(report.findings.length).toBeGreaterThan(0);

  const text = await agento(['validate', file, '--complete']);
  expect([text.exitCode, text.stderr]).toEqual([1, '']);
  const lines = text.stdout.trimEnd().split('\n');
  expect(lines.filter((line) => line.startsWith('✖'))).toHaveLength(report.findings.length);
  expect(lines.at(-1)).toBe(`trace ${traceId}, 1 spans: ${report.findings.length} findings`);
});

test('Of a run that was resumed, the lost execution is a line, or all its spans; a finding names its execution', async () => {
  const [group] = data.resourceSpans;
  const [first] = group?.scopeSpans[0]?.spans ?? [];
  const lost = [
    { key: 'agento.interrupted', value: { boolValue: true } },
    { key: 'error.type', value: { stringValue: 'interrupted' } },
  ];
  const execution = (number: string) => ({ key: 'agento.run.execution', value: { intValue: number } });
  const spans = [
    { ...first, attributes: [...lost, execution('1')], status: { code: 2 } },
    { ...first, spanId: '00f067aa0ba902b8', parentSpanId: first?.spanId, name: 'search_agent' },
    { ...first, spanId: '00f067aa0ba902b9', attributes: [execution('2')] },
  ];
  const resumed = path.join(folder, 'resumed.jsonl');
  const scopeSpans = [{ scope: group?.scopeSpans[0]?.scope, spans }];
  await writeFile(resumed, JSON.stringify({ resourceSpans: [{ ...group, scopeSpans }] }));

  const folded = await agento(['trace', resumed]);
  expect(folded.stdout).toContain('run_module_1 execution 1 (interrupted)');
  expect(folded.stdout).toContain('1 span not shown');
  expect(folded.stdout).toContain('run_module_1 execution 2');
  expect(folded.stdout).not.toContain('search_agent');
  expect((await agento(['trace', resumed, '--executions'])).stdout).toContain('search_agent');

  const { stdout } = await agento(['validate', resumed]);
  expect(stdout).toContain(
    'module1.run_module.link.resumed_from  module 1 execution 2 run_module_1 00f067aa0ba902b9  no link',
  );
});

test('A file of broken OTLP JSON is a finding, never a good trace', async () => {
  const broken = path.join(folder, 'broken.json');
  await writeFile(broken, '{"resourceSpans": [');
  expect(await agento(['validate', broken])).toEqual({
    exitCode: 1,
    stdout:
      '✖ encoding.json  line 1 is not TracesData: it must be a JSON object with a list resourceSpans\n' +
      '✖ trace.spans  the trace has no spans\n\ntrace (without an id), 0 spans: 2 findings\n',
    stderr: '',
  });
});

test.each([
  ['trace', ''],
  ['validate', ''],
  ['trace', '\u001b[2J{"a":1}'],
  ['validate', 'no JSON at all'],
])('%s of a file that holds no trace exits 3 and says what to name instead', async (verb, content) => {
  const other = path.join(folder, 'other.jsonl');
  await writeFile(other, content);

  const { exitCode, stdout, stderr } = await agento([verb, other]);

  expect([exitCode, stdout]).toEqual([3, '']);
  expect(stderr).toMatch(/other\.jsonl (is empty|holds no trace).*Name a trace id, a run id or a file/s);
  expect(stderr).not.toContain('\u001b');
});

test("A trace without Agento's modules is shown, and validated in one line", async () => {
  const foreign = path.join(folder, 'foreign.jsonl');
  const text = JSON.stringify(data)
    .replaceAll('Agento-Module-1', 'checkout')
    .replaceAll('agento.module1', 'x');
  await writeFile(foreign, text.replaceAll('run_module_1', 'GET /cart \\u001b[2J'));

  const shown = await agento(['trace', foreign]);
  expect([shown.exitCode, shown.stdout.includes('GET /cart \\u001b[2J  1.50 s  checkout')]).toEqual([
    0,
    true,
  ]);

  const judged = await agento(['validate', foreign]);
  expect([judged.exitCode, judged.stdout]).toEqual([3, '']);
  expect(judged.stderr).toContain(`trace ${traceId} has 1 spans but none of Agento's modules`);
  expect(judged.stderr.trim().split('\n')).toHaveLength(1);
});

test('Nothing that a trace holds reaches the terminal as an escape, in no form of what validate says', async () => {
  const hostile = path.join(folder, 'hostile.jsonl');
  const escapes = '\\u001b]0;x\\u0007\\u009b2J\\u202e';
  await writeFile(
    hostile,
    JSON.stringify(data)
      .replaceAll('00f067aa0ba902b7', escapes)
      .replaceAll('"r"', `"${escapes}"`)
      .replace('"kind":1', `"kind":"${escapes}"`),
  );

  for (const verb of [['trace'], ['validate'], ['validate', '--format', 'json']]) {
    const { stdout } = await agento([verb[0] ?? '', hostile, ...verb.slice(1)]);
    expect(stdout).toContain(escapes.slice(6, 12));
    expect(stdout).not.toMatch(/(?!\n)[\p{Cc}\u202e]/u);
  }
});

test('A trace of another system by the GenAI conventions is shown by its agents, and what it does not say is unknown', async () => {
  const span = (spanId: string, parentSpanId: string, name: string, attributes: Record<string, string>) => ({
    traceId: 'e'.repeat(32),
    spanId: spanId.repeat(16),
    parentSpanId: parentSpanId.repeat(16),
    name,
    startTimeUnixNano: '1750000000000000000',
    endTimeUnixNano: '1750000001000000000',
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value: { stringValue: value } })),
  });
  const spans = [
    span('1', '', 'invoke_agent Planner', {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'Planner',
    }),
    span('2', '1', 'chat a-model', { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'a-model' }),
  ];
  const places = path.join(folder, 'elsewhere');
  await mkdir(places);
  const file = path.join(places, 'foreign.jsonl');
  await writeFile(file, `${JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] })}\n`);

  const { stdout } = await agento(['trace', file]);
  expect(stdout).toContain(' · one service · 2 spans · ');
  expect(stdout).toMatch(/^Planner +1 +unknown +unknown +1\.00 s +unknown$/m);
  expect((await agento(['trace', file, '--agent', 'planner'])).stdout).toContain('invoke_agent Planner');
  for (const [verb, place] of [
    ['runs', file],
    ['runs', places],
    ['audit', places],
  ] as const) {
    expect(await agento([verb, place])).toEqual({
      exitCode: 3,
      stdout: '',
      stderr: expect.stringMatching(
        /^✖ .*\n.*foreign\.jsonl holds 2 spans but none of Agento's modules\.\n→ `.* agento trace` shows any trace, another system’s too\.\n$/,
      ),
    });
  }
});
