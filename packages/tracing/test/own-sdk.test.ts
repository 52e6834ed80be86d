import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadTrace } from '@agento/evidence';
import { type Receiver, startReceiver } from '@agento/receiver';
import { context, propagation, trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import {
  BatchSpanProcessor,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  AgentoSpanProcessor,
  getTracer,
  OtlpExporter,
  recordDecision,
  recordFeedback,
  recordPrompt,
  recordsContent,
  recordVerdict,
  redactText,
  withSpan,
} from '../src/index.ts';

const secret = 'the-second-door-opens';
let dataDir: string;
let receiver: Receiver;
let sdk: NodeSDK | null = null;
let said: string[] = [];
const log = { warn: (_: object, text: string) => said.push(text), info: () => {} };

beforeEach(async () => {
  said = [];
  dataDir = await mkdtemp(join(tmpdir(), 'own-sdk-'));
  receiver = await startReceiver({ host: '127.0.0.1', port: 0, directory: join(dataDir, 'traces') });
});
afterEach(async () => {
  await sdk?.shutdown();
  sdk = null;
  for (const api of [trace, context, propagation]) api.disable();
  await receiver.close();
  await rm(dataDir, { recursive: true });
});

/** A user's own SDK, as its documentation starts it. */
function start(spanProcessors: NonNullable<ConstructorParameters<typeof NodeSDK>[0]>['spanProcessors']) {
  sdk = new NodeSDK({ serviceName: 'shop', spanProcessors: spanProcessors ?? [] });
  sdk.start();
}

function exporter(options: ConstructorParameters<typeof OtlpExporter>[0] = {}) {
  return new OtlpExporter({ otlpEndpoint: receiver.url, log, ...options }, {});
}

/** What a user's program does: its own span, in it spans and records of this library. */
async function work(): Promise<string> {
  return trace.getTracer('shop').startActiveSpan('order', async (order) => {
    order.setAttribute('note', `opened by ${secret}`);
    recordDecision(order, {
      kind: 'route',
      candidates: [{ id: 'sea', label: 'by sea', scores: { total: 0.9 } }],
      chosen: ['sea'],
      rejected: [],
      reason: `cheap, ${secret}`,
    });
    await withSpan({ name: 'judge' }, async (judge) => {
      recordPrompt(judge, [{ role: 'user', content: `Is ${secret} good?` }]);
      recordVerdict(judge, { name: 'route', score: 1, label: 'pass', explanation: `as ${secret} says` });
      recordFeedback(judge, { suggestion_id: 's1', text: 'faster', status: 'addressed', evidence: 'by air' });
    });
    const module = getTracer().createModuleSpan({ moduleType: 'planner', operation: 'plan' });
    module.end();
    order.end();
    return order.spanContext().traceId;
  });
}

/** The received trace: names below the names of their parents, and everything as one text. */
async function received(traceId: string) {
  const { spans } = await loadTrace(traceId, { dataDir });
  const nameOf = new Map(spans.map(({ span_id, name }) => [span_id, name]));
  return {
    spans,
    tree: spans.map(({ name, parent_span_id }) => `${nameOf.get(parent_span_id) ?? ''}/${name}`).sort(),
    text: JSON.stringify(spans, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
  };
}

describe('An AgentoSpanProcessor with an OtlpExporter in a NodeSDK', () => {
  test('sends one trace of the user’s spans and the library’s, with decisions and verdicts and without secrets.', async () => {
    const otlp = exporter();
    start([new AgentoSpanProcessor({ exporter: otlp, secrets: [secret], log }, {})]);
    expect([recordsContent(), redactText(secret)]).toEqual([true, '***REDACTED***']);
    const traceId = await work();
    await sdk?.shutdown();

    const { tree, text, spans } = await received(traceId);
    expect(tree).toEqual(['/order', 'order/judge', 'order/planner.plan']);
    expect(new Set(spans.map(({ resource }) => resource['service.name']))).toEqual(new Set(['shop']));
    expect(spans.flatMap(({ events }) => events.map(({ name }) => name)).sort()).toEqual([
      'agento.decision',
      'agento.feedback',
      'full_prompt',
      'gen_ai.evaluation.result',
    ]);
    expect(text).not.toContain(secret);
    expect(text).toContain('opened by ***REDACTED***');
    expect(otlp.stats()).toMatchObject({ ended: 3, exported: 3, queued: 0, dropped: {} });
    expect(said).toEqual([]);
  });
});
