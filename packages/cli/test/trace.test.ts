import { mkdtemp, rm, writeFile } from 'node:fs/promises';
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

test('A file that is no OTLP JSON is a finding, never a good trace', async () => {
  const broken = path.join(folder, 'broken.json');
  await writeFile(broken, '{"resourceSpans": [');
  expect(await agento(['validate', broken])).toEqual({
    exitCode: 1,
    stdout:
      '✖ encoding.json  line 1 is no TracesData: it must be a JSON object with a list resourceSpans\n' +
      '✖ trace.spans  the trace has no spans\n\ntrace (without an id), 0 spans: 2 findings\n',
    stderr: '',
  });
});
