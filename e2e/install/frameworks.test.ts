import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { agento } from '@agento/cli/testing';
import { loadTrace } from '@agento/evidence';
import { type OfflineModel, startOfflineModel } from '@agento/offline-model';
import { type Receiver, startReceiver } from '@agento/receiver';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installInto } from './install-into.ts';

const examples = join(import.meta.dirname, '../../examples');
const question = 'Who repairs my bicycle in Leith? My password=hunter2-hunter2';

let folder: string;
let receiver: Receiver;
let model: OfflineModel;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agento-frameworks-'));
  await cp(examples, folder, { recursive: true, filter: (path) => !path.endsWith('node_modules') });
  receiver = await startReceiver({ host: '127.0.0.1', port: 0, directory: join(folder, 'traces') });
  model = await startOfflineModel({ host: '127.0.0.1', port: 0, latencyMs: 0 });
});
afterAll(async () => {
  await model.close();
  await receiver.close();
  await rm(folder, { recursive: true });
});

/** What an example prints and records, run as people do, with nothing of this process's environment but where things are. */
async function run(example: string, env: NodeJS.ProcessEnv = {}) {
  const places = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OPENAI_BASE_URL: model.url };
  const { stdout } = await promisify(execFile)(process.execPath, ['agent.js', question], {
    cwd: join(folder, example),
    env: { PATH: process.env.PATH, ...places, ...env },
  });
  const [, traceId = ''] = /^pnpm agento trace ([0-9a-f]{32})$/m.exec(stdout) ?? [];
  const { spans } = await loadTrace(traceId, { dataDir: folder });
  const recorded = JSON.stringify(spans, (_, value) => (typeof value === 'bigint' ? String(value) : value));
  return { stdout, traceId, spans, recorded };
}

/** What `agento trace` draws, without times and numbers of tokens. */
const trees = {
  'openai-agents': `
question  workshop-finder
└─ Agent workflow
   ├─ Finder.run  Finder
   │  ├─ llm_call  Finder  tokens
   │  ├─ tool.find_workshop  Finder  chose pedal
   │  ├─ llm_call  Finder  tokens
   │  └─ handoff  Finder
   └─ Writer.run  Writer
      ├─ llm_call  Writer  tokens
      └─ validation  Writer  fail 0`,
  langgraph: `
question  workshop-finder
└─ Finder.run  Finder
   ├─ answer  Finder
   │  └─ llm_call  Finder  tokens
   ├─ tools  Finder
   │  └─ tool.find_workshop  Finder  chose pedal
   ├─ answer  Finder
   │  └─ llm_call  Finder  tokens
   └─ judge  Finder  fail 0`,
  mastra: `
question  workshop-finder
├─ invoke_agent Finder
│  └─ chat agento-offline-1  tokens
│     ├─ model_step Finder
│     │  ├─ model_inference Finder
│     │  └─ execute_tool find_workshop  chose pedal
│     └─ model_step Finder
│        └─ model_inference Finder
└─ judge  fail 0`,
};

describe.each(Object.entries(trees))('the example for %s', (example, tree) => {
  beforeAll(() => installInto(join(folder, example), { '@agento/tracing': '*' }));

  test('is one trace of agents, model calls and tools, with the decision and the verdict where they were made', async () => {
    const { stdout, traceId, spans, recorded } = await run(example);
    expect(stdout).toContain('offline model');
    const of = (operation: string) =>
      spans.filter(({ attributes }) => attributes['gen_ai.operation.name'] === operation);
    expect(of('invoke_agent')[0]?.attributes['gen_ai.agent.name']).toBe('Finder');
    for (const { attributes } of of('chat')) {
      expect(attributes).toMatchObject({
        'gen_ai.request.model': 'agento-offline-1',
        'gen_ai.response.id': expect.stringMatching(/^chatcmpl-/),
        'gen_ai.usage.input_tokens': expect.any(Number),
        'gen_ai.usage.output_tokens': expect.any(Number),
      });
    }
    expect(of('execute_tool')).toMatchObject([
      {
        attributes: {
          'gen_ai.tool.name': 'find_workshop',
          'gen_ai.tool.call.arguments': '{"district":"Leith"}',
          'agento.decision.kind': 'workshop_choice',
          'agento.decision.chosen': ['pedal'],
        },
      },
    ]);
    const verdicts = spans.flatMap(({ name, events }) =>
      events
        .filter((event) => event.name === 'gen_ai.evaluation.result')
        .map(({ attributes }) => [name, attributes]),
    );
    expect(verdicts).toEqual([
      [
        example === 'openai-agents' ? 'validation' : 'judge',
        {
          'gen_ai.evaluation.name': 'names_a_workshop',
          'gen_ai.evaluation.score.value': expect.anything(),
          'gen_ai.evaluation.score.label': 'fail',
          'gen_ai.evaluation.explanation': 'It names none of the workshops',
        },
      ],
    ]);

    expect(recorded).toContain('My password=***REDACTED***');
    expect(recorded).not.toContain('hunter2');

    const read = (verb: string) => agento([verb, traceId], { env: { AGENTO_DATA_DIR: folder } });
    const [, drawn = ''] = (await read('trace')).stdout.split('\n\n');
    expect(`\n${drawn.replaceAll(/ {2}[\d.]+ m?s(?= {2}|$)/gm, '').replaceAll(/\d+ → \d+ /g, '')}`).toBe(
      tree,
    );
    expect((await read('validate')).stderr).toContain(
      "none of Agento's modules: there is nothing to validate",
    );
    expect((await read('audit')).stderr).toContain(`There is no run to audit in ${traceId}`);
  });

  test('records neither questions nor answers while content is off', async () => {
    const env = { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'NO_CONTENT' };
    const { spans, recorded } = await run(example, env);
    expect(spans.map(({ name }) => name)).toContain('question');
    expect(recorded).not.toMatch(/repairs|offline model/);
    expect(recorded).toContain('"agento.decision.chosen":["pedal"]');
  });
});
