import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadTrace } from '@agento/evidence';
import { type OfflineModel, startOfflineModel } from '@agento/offline-model';
import { type Receiver, startReceiver } from '@agento/receiver';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installInto } from './install-into.ts';

const examples = join(import.meta.dirname, '../../examples');
const secret = 'of-the-directory-1';
let folder: string;
let model: OfflineModel;
let receiver: Receiver;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agento-own-sdk-'));
  await cp(examples, folder, { recursive: true, filter: (path) => !path.endsWith('node_modules') });
  model = await startOfflineModel({ host: '127.0.0.1', port: 0, latencyMs: 0 });
  receiver = await startReceiver({ host: '127.0.0.1', port: 0, directory: join(folder, 'traces') });
});
afterAll(async () => {
  await Promise.all([model.close(), receiver.close()]);
  await rm(folder, { recursive: true });
});

/** Installs the example, runs it with the offline model, and gives the trace that it names. */
async function traceOf(example: string) {
  installInto(join(folder, example), { '@agento/tracing': '*' });
  const question = `Who repairs my bicycle in Leith? My key is ${secret}.`;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['agent.js', question], {
    cwd: join(folder, example),
    env: {
      PATH: process.env.PATH,
      OPENAI_BASE_URL: model.url,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      DIRECTORY_API_KEY: secret,
    },
  });
  expect(stderr).toBe('');
  const [, traceId = ''] = /^pnpm agento trace ([0-9a-f]{32})$/m.exec(stdout) ?? [];
  return (await loadTrace(traceId, { dataDir: folder })).spans;
}

type Spans = Awaited<ReturnType<typeof traceOf>>;

/** The names, each below that of its parent. */
function treeOf(spans: Spans): string {
  const below = (parent: string, indent: string): string[] =>
    spans
      .filter(({ parent_span_id }) => parent_span_id === parent)
      .flatMap(({ span_id, name }) => [`${indent}${name}`, ...below(span_id, `${indent}  `)]);
  return `\n${below('', '').join('\n')}`;
}

const trees = {
  'openai-agent': `
question
  Finder.run
    llm_call
    tool.find_workshop
    llm_call
  judge`,
  'ai-sdk': `
question
  invoke_agent agento-offline-1
    step 1
      chat agento-offline-1
      execute_tool find_workshop
    step 2
      chat agento-offline-1
  judge`,
};

describe.each(Object.entries(trees))('the example of %s, in an SDK of its own,', (example, tree) => {
  test('is one trace of model calls and tools, with the decision and the verdict, and without its key', async () => {
    const spans = await traceOf(example);
    expect(treeOf(spans)).toBe(tree);

    const of = (operation: string) =>
      spans.filter(({ attributes }) => attributes['gen_ai.operation.name'] === operation);
    expect(of('chat')).toHaveLength(2);
    for (const { attributes } of of('chat')) {
      expect(attributes).toMatchObject({
        'gen_ai.request.model': 'agento-offline-1',
        'gen_ai.input.messages': expect.stringContaining('My key is ***REDACTED***'),
        'gen_ai.usage.input_tokens': expect.any(Number),
        'gen_ai.usage.output_tokens': expect.any(Number),
      });
    }
    expect(of('execute_tool')).toMatchObject([
      {
        attributes: {
          'gen_ai.tool.name': 'find_workshop',
          'gen_ai.tool.call.arguments': expect.stringContaining('"district":"Leith"'),
          'agento.decision.kind': 'workshop_choice',
          'agento.decision.chosen': ['pedal'],
        },
      },
    ]);
    const verdicts = spans.flatMap(({ name, events }) =>
      events
        .filter((event) => event.name === 'gen_ai.evaluation.result')
        .map(({ attributes }) => [name, attributes['gen_ai.evaluation.score.label']]),
    );
    expect(verdicts).toEqual([['judge', 'fail']]);

    const recorded = JSON.stringify(spans, (_, value) => (typeof value === 'bigint' ? String(value) : value));
    expect(recorded).not.toContain(secret);
    expect(recorded).toMatch(/(api_key\\?":\\?"|\?key=)\*\*\*REDACTED\*\*\*/);
  });
});
