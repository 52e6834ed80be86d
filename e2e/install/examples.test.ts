import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadTrace } from '@agento/evidence';
import { type OfflineModel, startOfflineModel } from '@agento/offline-model';
import { type Receiver, startReceiver } from '@agento/receiver';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { installInto } from './install-into.ts';

const examples = join(import.meta.dirname, '../../examples');
const secret = 'of-the-directory-1';
let folder: string;
let model: OfflineModel;
let receiver: Receiver;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'agento-example-'));
  model = await startOfflineModel({ host: '127.0.0.1', port: 0, latencyMs: 0 });
  receiver = await startReceiver({ host: '127.0.0.1', port: 0, directory: join(folder, 'data/traces') });
});
afterEach(async () => {
  await Promise.all([model.close(), receiver.close()]);
  rmSync(folder, { recursive: true });
});

/** Installs the example as its README says, runs it with the offline model, and gives the trace it names. */
async function runExample(name: string) {
  const installed = join(folder, name);
  cpSync(join(examples, name), installed, { recursive: true });
  installInto(installed);
  const env = {
    PATH: process.env.PATH,
    OPENAI_BASE_URL: model.url,
    OPENAI_API_KEY: 'none',
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    DIRECTORY_API_KEY: secret,
  };
  const question = `Who repairs bicycles in Leith? My key is ${secret}.`;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['agent.js', question], {
    cwd: installed,
    env,
  });
  const [, traceId = ''] = /^trace ([0-9a-f]{32})$/m.exec(stdout) ?? [];
  const { spans } = await loadTrace(traceId, { dataDir: join(folder, 'data') });
  const below = (parent: string, indent: string): string[] =>
    spans
      .filter(({ parent_span_id }) => parent_span_id === parent)
      .flatMap(({ span_id, name }) => [`${indent}${name}`, ...below(span_id, `${indent}  `)]);
  return {
    stderr,
    spans,
    tree: below('', ''),
    text: JSON.stringify(spans, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
  };
}

type Spans = Awaited<ReturnType<typeof runExample>>['spans'];

/** What every example shows: a decision and a verdict in the one trace of its model calls and tools, without secrets. */
function expectEvidence({ spans, text, stderr }: { spans: Spans; text: string; stderr: string }): void {
  expect(stderr).toBe('');
  const event = (name: string) => spans.flatMap(({ events }) => events.filter((one) => one.name === name));
  expect(event('agento.decision').map(({ attributes }) => attributes)).toMatchObject([
    { kind: 'workshop', chosen: ['w1'], margin: 0.2, reason: 'Shrub has the highest rating' },
  ]);
  expect(event('gen_ai.evaluation.result').map(({ attributes }) => attributes)).toMatchObject([
    { 'gen_ai.evaluation.name': 'names_the_best', 'gen_ai.evaluation.score.label': 'fail' },
  ]);
  expect(text).not.toContain(secret);
  expect(text).toContain('My key is ***REDACTED***');
}

describe('the examples in an SDK of their own', () => {
  test('a plain OpenAI agent gives one trace with its decision and verdict', async () => {
    const { tree, spans, ...rest } = await runExample('openai-agent');
    expect(tree).toEqual([
      'recommend',
      '  Concierge.run',
      '    llm_call',
      '    tool.find_workshops',
      '    llm_call',
      '  judge_answer',
    ]);
    const calls = spans.filter(({ name }) => name === 'llm_call').map(({ attributes }) => attributes);
    for (const attributes of calls) {
      expect(attributes).toMatchObject({
        'gen_ai.request.model': 'agento-offline-1',
        'gen_ai.usage.input_tokens': expect.any(Number),
        'gen_ai.usage.output_tokens': expect.any(Number),
      });
    }
    expect(calls[0]?.['gen_ai.output.messages']).toContain('"type":"tool_call"');
    const tool = spans.find(({ name }) => name === 'tool.find_workshops');
    expect(tool?.attributes['gen_ai.tool.call.arguments']).toBe(
      '{"district":"Leith","api_key":"***REDACTED***"}',
    );
    expectEvidence({ spans, ...rest });
  });

  test('the AI SDK gives one trace of its own spans with the decision and verdict', async () => {
    const { tree, spans, ...rest } = await runExample('ai-sdk');
    expect(tree).toEqual([
      'recommend',
      '  invoke_agent agento-offline-1',
      '    step 1',
      '      chat agento-offline-1',
      '      execute_tool find_workshops',
      '    step 2',
      '      chat agento-offline-1',
      '  judge_answer',
    ]);
    for (const { attributes } of spans.filter(({ name }) => name.startsWith('chat '))) {
      expect(attributes).toMatchObject({
        'gen_ai.request.model': 'agento-offline-1',
        'gen_ai.usage.input_tokens': expect.any(Number),
        'gen_ai.usage.output_tokens': expect.any(Number),
      });
    }
    const tool = spans.find(({ name }) => name === 'execute_tool find_workshops');
    expect(tool?.attributes).toMatchObject({
      'gen_ai.tool.call.arguments': '{"district":"Leith"}',
      'gen_ai.tool.call.result': expect.stringContaining('Leith?key=***REDACTED***'),
    });
    expectEvidence({ spans, ...rest });
  });
});
