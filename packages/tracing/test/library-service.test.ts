import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadTrace } from '@agento/evidence';
import { type Receiver, startReceiver } from '@agento/receiver';
import { FastifyOtelInstrumentation } from '@fastify/otel';
import Fastify from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { getTracer, initializeTracing, referenceOf, type Tracing } from '../src/index.ts';

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
    expect(spans.map(({ name, parent_span_id }) => [name, parent_span_id])).toEqual([
      ['request', 'b7ad6b7169203331'],
      ['tool.search', spans[0]?.span_id],
    ]);
  });
});
