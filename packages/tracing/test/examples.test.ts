import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { loadTrace } from '@agento/evidence';
import { type Receiver, startReceiver } from '@agento/receiver';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

let dataDir: string;
let receiver: Receiver;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'examples-'));
  receiver = await startReceiver({ host: '127.0.0.1', port: 0, directory: join(dataDir, 'traces') });
});
afterEach(async () => {
  await receiver.close();
  await rm(dataDir, { recursive: true });
});

/** Starts an example as people do, with nothing of this process's environment but the endpoint. */
function start(example: string, env: NodeJS.ProcessEnv): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [join(import.meta.dirname, '../examples', example)], {
    env: { PATH: process.env.PATH, ...env },
  });
}

async function run(example: string, env: NodeJS.ProcessEnv) {
  const child = start(example, env);
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { output, errors, code };
}

const toReceiver = () => ({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });

/** The trace as indented names, with the service where it changes, as the receiver got it. */
async function treeOf(traceId: string): Promise<string[]> {
  const { spans } = await loadTrace(traceId, { dataDir });
  const below = (parent: string, indent: string): string[] =>
    spans
      .filter(({ parent_span_id }) => parent_span_id === parent)
      .flatMap(({ span_id, name, resource }) => [
        `${indent}${name} (${resource['service.name']})`,
        ...below(span_id, `${indent}  `),
      ]);
  const known = new Set(spans.map(({ span_id }) => span_id));
  const roots = new Set(spans.map(({ parent_span_id }) => parent_span_id).filter((id) => !known.has(id)));
  return [...roots].flatMap((root) => below(root, ''));
}

const firstRound = `modular.solve
  ├─ planner.analyze_query
  │   └─ planner.create_steps
  ├─ executor.execute_plan
  │   ├─ tool.calculator
  │   ├─ tool.search_engine
  │   └─ tool.data_processor
  ├─ verifier.validate_results
  │   └─ verifier.check_consistency
  └─ generator.synthesize_response`;
const refined = firstRound.replace(
  '  └─ generator',
  `  ├─ planner.refine_plan
  │   └─ planner.create_steps
  ├─ executor.execute_plan
  │   ├─ tool.calculator
  │   ├─ tool.search_engine
  │   └─ tool.data_processor
  ├─ verifier.validate_results
  │   └─ verifier.check_consistency
  └─ generator`,
);

describe('the quick start', () => {
  test('ends without a shutdown, and its spans arrive all the same', async () => {
    const { output, errors, code } = await run('quick-start.ts', toReceiver());
    expect([code, errors]).toEqual([0, '']);
    const [, traceId = ''] = /^trace ([0-9a-f]{32})$/m.exec(output) ?? [];
    expect(await treeOf(traceId)).toEqual([
      'planner.analyze_query (my-agent)',
      '  tool.search_engine (my-agent)',
    ]);
    const { spans } = await loadTrace(traceId, { dataDir });
    const tool = spans.find(({ name }) => name === 'tool.search_engine');
    expect(tool?.attributes['gen_ai.tool.call.arguments']).toBe(
      '{"words":"bicycle repair","api_key":"***REDACTED***"}',
    );
  });
});

describe('the modular agent', () => {
  test('prints its trees, and the receiver has the same', async () => {
    const { output, errors, code } = await run('modular-agent.ts', toReceiver());
    expect([code, errors]).toEqual([0, '']);
    const drawn = output.replaceAll(/ \[[\d.]+ms\]/g, '');
    expect(drawn).toContain(`→ Three Lakes Path, 14 km (rounds: 1,`);
    expect(drawn).toContain(`\n\n${firstRound}\n\n`);
    expect(drawn).toContain(`→ Fortress Ridge, 11 km (rounds: 2,`);
    expect(drawn).toContain(`\n\n${refined}\n\n`);

    const ids = [...output.matchAll(/trace ([0-9a-f]{32})\)/g)].map(([, id = '']) => id);
    expect(output).toContain(`look at it: pnpm agento trace ${ids[1]}`);
    const names = (drawing: string) => drawing.split('\n').map((line) => line.replaceAll(/[│├└─\s]/g, ''));
    for (const [index, drawing] of [firstRound, refined].entries()) {
      const received = (await treeOf(ids[index] ?? '')).map((line) => line.trim().split(' ')[0]);
      expect(received).toEqual(names(drawing));
    }
    const { spans } = await loadTrace(ids[1] ?? '', { dataDir });
    const search = spans.find(({ name }) => name === 'tool.search_engine');
    expect(search?.attributes['gen_ai.tool.call.arguments']).toBe(
      '{"places":["castle"],"api_key":"***REDACTED***"}',
    );
    const events = spans
      .filter(({ name }) => name === 'verifier.validate_results')
      .flatMap((span) => span.events.map(({ name, attributes }) => [name, attributes.errors]));
    expect(events).toEqual([
      ['validation_started', undefined],
      ['validation_failed', ['no walk near a castle']],
      ['validation_started', undefined],
      ['validation_passed', undefined],
    ]);
  });

  test('without a receiver says how to get one', async () => {
    const { output, code } = await run('modular-agent.ts', {});
    expect(code).toBe(0);
    expect(output.split('\n').slice(-4)).toEqual([
      '',
      'Sent nowhere. To keep it, run `pnpm agento receive` in another terminal, then this again with',
      'OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318',
      '',
    ]);
  });
});

describe('the hand-off', () => {
  test('is one trace of two processes', async () => {
    const { output, errors, code } = await run('a2a-handoff.ts', toReceiver());
    expect([code, errors]).toEqual([0, '']);
    const [, traceId = ''] = /trace ([0-9a-f]{32})/.exec(output) ?? [];
    expect(await readdir(join(dataDir, 'traces'))).toEqual([`${traceId}.jsonl`]);
    expect(await treeOf(traceId)).toEqual([
      'planner.analyze_query (planner-agent)',
      '  executor.execute_plan (executor-agent)',
      '    tool.word_counter (executor-agent)',
    ]);
    const { spans } = await loadTrace(traceId, { dataDir });
    expect(new Set(spans.map(({ resource }) => resource['process.pid'])).size).toBe(2);
  });
});

describe('the service of its own', () => {
  test('records what its caller records, without secrets, and flushes when it is stopped', async () => {
    const child = start('own-service.ts', { ...toReceiver(), QUESTION_SERVICE_KEY: 'the loaded key' });
    const [greeting] = await once(child.stdout.setEncoding('utf8'), 'data');
    const [, url = ''] = /(http:\S+)/.exec(String(greeting)) ?? [];
    const ask = async (flags: string, question: string) => {
      const traceId = `ab${flags}`.repeat(8);
      const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-${flags}` };
      const answer = await fetch(url, { method: 'POST', body: question, headers });
      return [answer.status, await answer.text()];
    };
    const question = 'Who repairs bicycles? The loaded key is the loaded key, password=hunter2-hunter2';
    const answers = [await ask('01', question), await ask('00', 'Who repairs radios, unsampled?')];
    expect(answers.map(([status]) => status)).toEqual([200, 200]);

    const rest = text(child.stdout);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(await rest).toContain('"exported":5,');
    const traceId = 'ab01'.repeat(8);
    expect(await readdir(join(dataDir, 'traces'))).toEqual([`${traceId}.jsonl`]);
    expect(await treeOf(traceId)).toEqual([
      'POST /questions (question-service)',
      '  question.read (question-service)',
      '  Librarian.run (question-service)',
      '    llm_call (question-service)',
      '  question.write (question-service)',
    ]);
    const { spans } = await loadTrace(traceId, { dataDir });
    const recorded = JSON.stringify(spans, (_, value) => (typeof value === 'bigint' ? String(value) : value));
    expect(recorded).not.toMatch(/the loaded key|hunter2/);
    expect(recorded).toContain('***REDACTED***');
  });
});
