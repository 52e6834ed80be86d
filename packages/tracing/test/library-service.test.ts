import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadTrace } from '@agento/evidence';
import { type Receiver, startReceiver } from '@agento/receiver';
import { FastifyOtelInstrumentation } from '@fastify/otel';
import Fastify from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  executeWithRefinement,
  getTracer,
  initializeTracing,
  referenceOf,
  TracedWorkflow,
  type Tracing,
} from '../src/index.ts';

let dataDir: string;
let receiver: Receiver;
let tracing: Tracing;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'library-'));
  receiver = await startReceiver({ host: '127.0.0.1', port: 0, directory: join(dataDir, 'traces') });
});
afterEach(async () => {
  await tracing.shutdown();
  await receiver.close();
  await rm(dataDir, { recursive: true });
});

/** Ends one span and answers with its trace's id. */
function endOne(parameters: object = {}): string {
  const span = getTracer().createToolSpan({ toolName: 'search', parameters });
  span.end();
  return referenceOf(span).trace_id;
}

describe('spans of a library user', () => {
  test('arrive without their secrets, and the resource tells nothing of the machine', async () => {
    tracing = initializeTracing(
      {
        serviceName: 'my-agent',
        serviceVersion: '3.1.4',
        otlpEndpoint: receiver.url,
        secrets: ['correct horse battery'],
      },
      {},
    );
    const traceId = endOne({ text: 'say correct horse battery', password: 'pw' });
    await tracing.shutdown();
    const [span] = (await loadTrace(traceId, { dataDir })).spans;
    expect(span?.attributes['gen_ai.tool.call.arguments']).toBe(
      '{"text":"say ***REDACTED***","password":"***REDACTED***"}',
    );
    expect(Object.keys(span?.resource ?? {}).sort()).toEqual([
      'deployment.environment',
      'deployment.environment.name',
      'host.id',
      'process.pid',
      'service.instance.id',
      'service.name',
      'service.version',
      'telemetry.sdk.language',
      'telemetry.sdk.name',
      'telemetry.sdk.version',
    ]);
    expect(span?.resource).toMatchObject({ 'service.name': 'my-agent', 'service.version': '3.1.4' });
    expect(tracing.stats()).toMatchObject({ ended: 1, exported: 1, queued: 0, dropped: {} });
  });

  test('hold no content while it is switched off, but ids, names and counts', async () => {
    const env = { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'NO_CONTENT' };
    tracing = initializeTracing({ otlpEndpoint: receiver.url }, env);
    const { trace_id } = await executeWithRefinement({
      query: 'private query',
      planner: async ({ query }) => new TracedWorkflow('plan').executeStep('read', (text) => text, query),
      executor: async ({ plan }) => endOne({ plan }),
      verifier: async () => ({ passed: false, errors: ['private error'] }),
      generator: async () => 'private answer',
      maxIterations: 1,
    });
    await tracing.shutdown();
    const text = await readFile(join(dataDir, 'traces', `${trace_id}.jsonl`), 'utf8');
    expect(text).not.toContain('private');
    const { spans } = await loadTrace(trace_id, { dataDir });
    expect(spans.map(({ name }) => name)).toContain('plan.read');
    expect(spans[0]?.resource['agento.content']).toBe('off');
    expect(spans.flatMap(({ events }) => events.map(({ name, attributes }) => [name, attributes]))).toEqual([
      ['validation_started', { iteration: 1 }],
      ['validation_failed', { iteration: 1 }],
    ]);
  });

  test('are sent one by one, and at once, without batches', async () => {
    tracing = initializeTracing({ otlpEndpoint: receiver.url, batchExport: false }, {});
    for (let i = 0; i < 3; i++) endOne();
    await tracing.flush();
    expect(receiver.counts()).toEqual({ requests: 3, spans: 3, refused: 0 });
  });

  test('wait in the spool where the collector is gone, and the next start sends them', async () => {
    const { port } = receiver;
    await receiver.close();
    const spoolDirectory = join(dataDir, 'spool');
    const log = { warn: () => {}, info: () => {} };
    const config = { otlpEndpoint: `http://127.0.0.1:${port}`, spoolDirectory, log };
    tracing = initializeTracing(config, {});
    const traceId = endOne();
    await tracing.shutdown(500);
    expect(tracing.stats()).toMatchObject({ ended: 1, exported: 0, spooled: 1, dropped: {} });
    receiver = await startReceiver({ host: '127.0.0.1', port, directory: join(dataDir, 'traces') });
    tracing = initializeTracing(config, {});
    await tracing.shutdown();
    expect(await readFile(join(dataDir, 'traces', `${traceId}.jsonl`), 'utf8')).toContain('tool.search');
  });

  test('of a Fastify service hang under the span @fastify/otel makes of a request', async () => {
    tracing = initializeTracing({ serviceName: 'fastify-agent', otlpEndpoint: receiver.url }, {});
    const app = Fastify();
    const instrumentation = new FastifyOtelInstrumentation({
      instrumentHooks: false,
      instrumentHandler: false,
    });
    await app.register(instrumentation.plugin());
    app.get('/search', async () => endOne());
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { body } = await app.inject({ url: '/search', headers: { traceparent } });
    await app.close();
    await tracing.shutdown();
    expect(body).toBe('0af7651916cd43dd8448eb211c80319c');
    const { spans } = await loadTrace(body, { dataDir });
    const [request, tool] = ['request', 'tool.search'].map((name) =>
      spans.find((span) => span.name === name),
    );
    expect(spans).toHaveLength(2);
    expect([request?.parent_span_id, tool?.parent_span_id]).toEqual(['b7ad6b7169203331', request?.span_id]);
  });
});
