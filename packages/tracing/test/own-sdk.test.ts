import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadTrace } from '@agento/evidence';
import { type Receiver, startReceiver } from '@agento/receiver';
import { type Attributes, context, diag, logs, metrics, propagation, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { NodeSDK } from '@opentelemetry/sdk-node';
import {
  BatchSpanProcessor,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  type SpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  AgentoSpanProcessor,
  getTracer,
  initializeTracing,
  OtlpExporter,
  recordDecision,
  recordFeedback,
  recordPrompt,
  recordsContent,
  recordVerdict,
  redactText,
  withSpan,
} from '../src/index.ts';
import { conventionsMessages } from './conventions-messages.ts';

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
  unregister();
  await receiver.close();
  await rm(dataDir, { recursive: true });
});

/** An SDK that was shut down stays registered. */
function unregister() {
  for (const api of [trace, context, propagation, metrics, logs, diag]) api.disable();
}

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
    expect(spans.every(({ attributes }) => 'openinference.span.kind' in attributes)).toBe(true);
    expect(otlp.stats()).toMatchObject({ ended: 3, exported: 3, queued: 0, dropped: {} });
    expect(said).toEqual([]);
  });

  test('sends what the machine’s detectors found, once they have, without what a command line gave away.', async () => {
    const found = Promise.withResolvers<string>();
    const resource = resourceFromAttributes({
      'process.command': `start --key ${secret}`,
      'cloud.region': found.promise,
    });
    const otlp = exporter();
    const processor = new AgentoSpanProcessor({ exporter: otlp, secrets: [secret], log }, {});
    const provider = new TracerProvider({ resource, spanProcessors: [processor] });
    const span = provider.getTracer('shop').startSpan('order');
    span.end();
    expect(otlp.stats()).toMatchObject({ ended: 1, queued: 1 });
    const flushed = provider.forceFlush();
    found.resolve('north');
    await flushed;

    const { spans } = await received(span.spanContext().traceId);
    expect(spans[0]?.resource).toMatchObject({
      'process.command': 'start --key ***REDACTED***',
      'cloud.region': 'north',
    });
    expect(otlp.stats()).toMatchObject({ ended: 1, exported: 1, queued: 0 });
    await provider.shutdown();
  });
});

describe('An OtlpExporter alone, in a BatchSpanProcessor of the SDK,', () => {
  test('counts every span exactly, and a flush of the SDK waits until they are sent.', async () => {
    const otlp = exporter();
    start([new BatchSpanProcessor({ exporter: otlp, maxExportBatchSize: 10 })]);
    const spans = Array.from({ length: 25 }, (_, at) => trace.getTracer('shop').startSpan(`order ${at}`));
    for (const span of spans) span.end();
    await (trace.getTracerProvider() as unknown as { getDelegate(): TracerProvider })
      .getDelegate()
      .forceFlush();
    expect(otlp.stats()).toMatchObject({ ended: 25, exported: 25, queued: 0, dropped: {} });
  });

  test('keeps spans on disk while the collector is down, and the next one sends them.', async () => {
    const spoolDirectory = join(dataDir, 'spool');
    await receiver.close();
    const otlp = exporter({ spoolDirectory });
    start([new BatchSpanProcessor({ exporter: otlp })]);
    const traceId = await work();
    await sdk?.shutdown();
    expect(otlp.stats()).toMatchObject({ ended: 3, exported: 0, spooled: 3, queued: 0, dropped: {} });
    expect(said).toEqual(['The trace collector does not accept spans']);

    const port = Number(new URL(receiver.url).port);
    receiver = await startReceiver({ host: '127.0.0.1', port, directory: join(dataDir, 'traces') });
    const next = exporter({ spoolDirectory });
    await expect.poll(() => next.stats()).toMatchObject({ adopted: 3, exported: 3, spooled: 0 });
    await next.shutdown();
    expect((await received(traceId)).tree).toEqual(['/order', 'order/judge', 'order/planner.plan']);
  });

  test('sends to the usual address if none is given, and nowhere where export is switched off.', async () => {
    const usual = new OtlpExporter({}, {});
    const off = new OtlpExporter({}, { OTEL_EXPORTER_OTLP_ENDPOINT: 'disabled' });
    expect([usual.endpoint, off.endpoint, off.stats()]).toEqual([
      'http://localhost:4318/v1/traces',
      null,
      null,
    ]);
    start([new AgentoSpanProcessor({ exporter: off, log }, {})]);
    await work();
    await usual.shutdown();
    expect(said).toEqual([]);
  });

  test('names a field or variable it cannot work with, and leaves those of the SDK alone.', () => {
    expect(() => new OtlpExporter({ otlpEndpoint: 'grpc' }, {})).toThrow(/^otlpEndpoint: must be an http/);
    expect(() => new OtlpExporter({}, { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })).toThrow(
      /OTEL_EXPORTER_OTLP_PROTOCOL/,
    );
    const env = { OTEL_SPAN_EVENT_COUNT_LIMIT: '12', OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
    const otlp = new OtlpExporter({ log }, env);
    expect(otlp.endpoint).toBe(`${receiver.url}/v1/traces`);
    return otlp.shutdown();
  });
});

describe('An AgentoSpanProcessor alone', () => {
  /** What another exporter gets of spans that an instrumentation makes. */
  async function exported(
    make: (span: ReturnType<ReturnType<typeof trace.getTracer>['startSpan']>) => void,
    { after = false, content = true } = {},
  ): Promise<ReadableSpan> {
    const memory = new InMemorySpanExporter();
    const theirs = new SimpleSpanProcessor({ exporter: memory });
    const ours = new AgentoSpanProcessor({ secrets: [secret], content, log }, {});
    const provider = new TracerProvider({ spanProcessors: after ? [theirs, ours] : [ours, theirs] });
    const span = provider.getTracer('ai').startSpan('ai.generateText');
    make(span);
    span.end();
    await provider.forceFlush();
    const [ended] = memory.getFinishedSpans();
    if (!ended) throw new Error('no span');
    return ended;
  }

  test.each([false, true])(
    'redacts what another exporter exports, in any order (after it: %o).',
    async (after) => {
      const { attributes, events } = await exported(
        (span) => {
          span.setAttributes({
            'ai.prompt': `Open: ${secret}`,
            'gen_ai.request.headers': '{"authorization":"Bearer abcdefgh"}',
            'gen_ai.usage.input_tokens': 17,
          });
          span.addEvent('ai.stream.firstChunk', { 'ai.response.text': secret });
        },
        { after },
      );
      expect(attributes).toMatchObject({
        'ai.prompt': 'Open: ***REDACTED***',
        'gen_ai.request.headers': '{"authorization":"***REDACTED***"}',
        'gen_ai.usage.input_tokens': 17,
        'agento.redactions': 3,
      });
      expect({ ...events[0]?.attributes }).toEqual({ 'ai.response.text': '***REDACTED***' });
    },
  );

  test('truncates large values of an instrumentation with marks, and keeps them whole in events.', async () => {
    const prompt = `${secret} ${'a'.repeat(9_000)}`;
    const tools = Array.from({ length: 3 }, (_, at) => `${at}${'b'.repeat(4_000)}`);
    const { attributes, events } = await exported((span) => {
      span.setAttributes({
        'ai.prompt': prompt,
        'ai.prompt.tools': tools,
        short: 'c',
        'agento.kept': prompt,
      });
      span.addEvent('chunk', { text: prompt, at: 3 });
    });
    const shown = prompt.replace(secret, '***REDACTED***');
    const toolsText = JSON.stringify(tools);
    expect(attributes).toEqual({
      'ai.prompt_truncated': shown.slice(0, 8_192),
      'ai.prompt_size': shown.length,
      'ai.prompt.tools_truncated': toolsText.slice(0, 8_192),
      'ai.prompt.tools_size': toolsText.length,
      'openinference.span.kind': 'CHAIN',
      payload_truncated: true,
      short: 'c',
      'agento.kept': shown,
      'agento.redactions': 3,
      'agento.redaction.rules': ['loaded-secret'],
    });
    expect(events.map(({ name, attributes }) => [name, { ...attributes }])).toEqual([
      [
        'chunk',
        {
          text: shown.slice(0, 8_192),
          at: 3,
          text_payload_event: 'ai.payload.large',
          text_payload_key: 'chunk.text',
        },
      ],
      ['ai.payload.large', { 'ai.prompt': shown }],
      ['ai.payload.large', { 'ai.prompt.tools': toolsText }],
      ['ai.payload.large', { 'chunk.text': shown }],
    ]);
  });

  test('redacts and truncates maps, and lists that do not begin with a text.', async () => {
    const map = { of: [secret, 'a'.repeat(9_000)] };
    const list = [null, 'b'.repeat(9_000)];
    const { attributes } = await exported((span) =>
      span.setAttributes({ map: map as never, list, vector: Array.from({ length: 5_000 }, (_, at) => at) }),
    );
    expect(attributes).toMatchObject({
      map_truncated: JSON.stringify({ of: ['***REDACTED***', map.of[1]] }).slice(0, 8_192),
      list_truncated: JSON.stringify(list).slice(0, 8_192),
      'agento.redactions': 1,
    });
    expect(attributes.vector).toHaveLength(5_000);
    expect(Object.keys(attributes)).not.toContain('map');
  });

  test('shortens the messages of the GenAI convention within their JSON.', async () => {
    const messages = [{ role: 'user', parts: [{ type: 'text', content: 'é'.repeat(9_000) }] }];
    const { attributes, events } = await exported((span) =>
      span.setAttribute('gen_ai.input.messages', JSON.stringify(messages)),
    );
    const [{ parts }] = JSON.parse(String(attributes['gen_ai.input.messages']));
    expect(parts[0].content).toMatch(/^é+…\[cut\]$/);
    expect(attributes.payload_truncated).toBe(true);
    expect({ ...events[0]?.attributes }).toEqual({ 'gen_ai.input.messages': JSON.stringify(messages) });
  });

  test('keeps of a message in another form why it ended, and numbers to the digit.', async () => {
    const text =
      '[{"role":"tool","name":"find","content":[{"id":12345678901234567890}],"finish_reason":"stop"}]';
    const { attributes } = await exported((span) => span.setAttribute('gen_ai.output.messages', text));
    expect(attributes['gen_ai.output.messages']).toMatch(/"response":\[\{"id":12345678901234567890\}\]/);
    expect(JSON.parse(String(attributes['gen_ai.output.messages']))).toMatchObject([
      { role: 'tool', name: 'find', finish_reason: 'stop' },
    ]);
  });

  test('keeps of bytes their size and SHA-256, and gives messages the convention’s form, whoever wrote them.', async () => {
    const bytes = Buffer.from(Array.from({ length: 30_000 }, (_, at) => (at * 7_919) % 251));
    const content = bytes.toString('base64');
    const url = `data:image/png;base64,${content}`;
    const blob = { type: 'blob', modality: 'image', mime_type: 'image/png', content };
    const own = [{ role: 'user', content: [{ type: 'image', image: url }] }];
    const { attributes, events } = await exported((span) => {
      span.setAttributes({
        'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [blob] }]),
        'gen_ai.output.messages': JSON.stringify({ messages: own }),
        'llm.input_messages.0.message_content.image.url': url,
        'ai.prompt.messages': JSON.stringify(own),
        'mastra.step.body': `{"data":"${url}…[truncated]`,
      });
      span.addEvent('sent', { body: url });
    });

    const known = { size: 30_000, sha256: createHash('sha256').update(bytes).digest('hex') };
    const kept = { type: 'blob', modality: 'image', mime_type: 'image/png', content: '', ...known };
    const mark = `[image/png, 30000 bytes, sha256 ${known.sha256}]`;
    const messages = [{ role: 'user', parts: [kept] }];
    expect(conventionsMessages(attributes['gen_ai.input.messages'])).toEqual(messages);
    expect(conventionsMessages(attributes['gen_ai.output.messages'])).toEqual(messages);
    expect(attributes).toMatchObject({
      'llm.input_messages.0.message_content.image.url': mark,
      'ai.prompt.messages': JSON.stringify([{ role: 'user', content: [{ type: 'image', image: mark }] }]),
      'mastra.step.body': '{"data":"[image/png, 30000 bytes and more, cut off][truncated]',
    });
    expect(events.map(({ name, attributes }) => [name, { ...attributes }])).toEqual([
      ['sent', { body: mark }],
    ]);
  });

  test('leaves out what instrumentations call content while content is off.', async () => {
    const content: Attributes = {
      'gen_ai.input.messages': '[]',
      'gen_ai.tool.call.arguments': '{}',
      'gen_ai.prompt.0.content': 'a',
      'ai.prompt': 'a',
      'ai.prompt.messages': '[]',
      'ai.response.text': 'b',
      'ai.toolCall.args': '{}',
      'input.value': 'a',
      'traceloop.entity.output': 'b',
    };
    const facts = { 'ai.model.id': 'm', 'gen_ai.usage.output_tokens': 3, 'ai.response.finishReason': 'stop' };
    const { attributes, events } = await exported(
      (span) => {
        span.setAttributes({ ...content, ...facts });
        span.addEvent('gen_ai.choice', { message: 'b' });
        span.addEvent('ai.stream.firstChunk');
      },
      { content: false },
    );
    expect(attributes).toEqual({ ...facts, 'openinference.span.kind': 'CHAIN' });
    expect(events.map(({ name }) => name)).toEqual(['ai.stream.firstChunk']);
  });

  test('redacts and truncates in an SDK that calls no processor just before a span ends, as those before 2.3.', async () => {
    const memory = new InMemorySpanExporter();
    const ours = new AgentoSpanProcessor({ secrets: [secret], log }, {});
    const provider = new TracerProvider({
      spanProcessors: [new SimpleSpanProcessor({ exporter: memory }), ours],
    });
    const inner = provider as unknown as { _activeSpanProcessor: object };
    Object.assign(inner._activeSpanProcessor, { onEnding: undefined });
    const span = provider.getTracer('ai').startSpan('ai.generateText');
    span.setAttribute('ai.prompt', `${secret} ${'a'.repeat(9_000)}`);
    span.end();
    span.end();
    const [ended] = memory.getFinishedSpans();
    expect(Object.keys(ended?.attributes ?? {})).toEqual([
      'openinference.span.kind',
      'agento.redactions',
      'agento.redaction.rules',
      'payload_truncated',
      'ai.prompt_truncated',
      'ai.prompt_size',
    ]);
    expect(JSON.stringify([ended?.attributes, ended?.events])).not.toContain(secret);
    expect(ended?.events.map(({ name }) => name)).toEqual(['ai.payload.large']);
  });

  test('gives spans to an exporter of anybody’s in batches.', async () => {
    const memory = new InMemorySpanExporter();
    start([new AgentoSpanProcessor({ exporter: memory, secrets: [secret], log }, {})]);
    await work();
    const provider = trace.getTracerProvider() as unknown as { getDelegate(): TracerProvider };
    await provider.getDelegate().forceFlush();
    expect(memory.getFinishedSpans().map(({ name }) => name)).toEqual(['judge', 'planner.plan', 'order']);
    expect(JSON.stringify(memory.getFinishedSpans().map(({ attributes }) => attributes))).not.toContain(
      secret,
    );
    expect(said).toEqual([]);
  });

  test('records no content where the environment forbids it, whatever the code says, and names a wrong variable.', () => {
    const name = 'OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT';
    new AgentoSpanProcessor({ content: true, log }, { [name]: 'NO_CONTENT' });
    expect(recordsContent()).toBe(false);
    expect(() => new AgentoSpanProcessor({ log }, { [name]: 'some' })).toThrow(name);
  });
});

describe('Registered twice', () => {
  const endOne = () => trace.getTracer('shop').startSpan('order').end();

  test('two AgentoSpanProcessors say so once, and a secret that either knows is redacted.', async () => {
    const memory = new InMemorySpanExporter();
    const other = 'the-third-door-opens';
    start([
      new AgentoSpanProcessor({ exporter: memory, secrets: [secret], log }, {}),
      new AgentoSpanProcessor({ secrets: [other], log }, {}),
    ]);
    const span = trace.getTracer('shop').startSpan('order');
    span.setAttribute('said', `${secret} ${other}`);
    span.end();
    endOne();
    const provider = trace.getTracerProvider() as unknown as { getDelegate(): TracerProvider };
    await provider.getDelegate().forceFlush();
    expect(memory.getFinishedSpans()[0]?.attributes.said).toBe('***REDACTED*** ***REDACTED***');
    expect(said).toEqual([
      'This SDK has two AgentoSpanProcessors: remove one, or every span is redacted twice and what both export arrives twice',
    ]);
  });

  test('an AgentoSpanProcessor beside initializeTracing says which to remove, in either order.', async () => {
    const before = new AgentoSpanProcessor({ log }, {});
    const tracing = initializeTracing({ otlpEndpoint: 'disabled', processors: [before], log }, {});
    endOne();
    expect(said).toEqual([
      'An AgentoSpanProcessor is among the processors of initializeTracing(), which does the same: remove it',
    ]);
    said = [];
    new AgentoSpanProcessor({ log }, {});
    expect(said).toEqual([
      'initializeTracing() has been called, and an AgentoSpanProcessor is created: use one of the two, they do the same',
    ]);
    await tracing.shutdown();
    start([new AgentoSpanProcessor({ exporter: exporter(), log }, {})]);
    expect(() => initializeTracing({}, {})).toThrow('OpenTelemetry is running in this process already');
  });

  test('two exporters to one collector say so, also where one is the SDK’s own.', async () => {
    const [one, two] = [exporter(), exporter()];
    const twice =
      'Two exporters send to one collector, where each span would arrive twice: remove one of them';
    expect(said).toEqual([twice]);
    await two.shutdown();
    said = [];
    start([
      new AgentoSpanProcessor({ exporter: one, log }, {}),
      new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: `${receiver.url}/v1/traces` }) }),
    ]);
    endOne();
    expect(said).toEqual([
      'Two exporters of this SDK send to one collector, where each span arrives twice: remove one of them',
    ]);
    await sdk?.shutdown();
    unregister();
    said = [];
    const tracing = initializeTracing({ otlpEndpoint: receiver.url, log }, {});
    await exporter().shutdown();
    expect(said).toEqual([twice]);
    await tracing.shutdown();
    await exporter().shutdown();
    expect(said).toEqual([twice]);
  });

  test('an SDK that was started before, and exports beside ours without redaction, is named.', () => {
    start([new SimpleSpanProcessor({ exporter: new InMemorySpanExporter() })]);
    new AgentoSpanProcessor({ log }, {});
    expect(said).toEqual([
      expect.stringMatching(/^OpenTelemetry was started before this AgentoSpanProcessor/),
    ]);
  });

  test('an SDK that cuts values before they can be redacted is named.', () => {
    const processor = new AgentoSpanProcessor({ exporter: new InMemorySpanExporter(), log }, {});
    const spanLimits = { attributeValueLengthLimit: 20 };
    new TracerProvider({ spanLimits, spanProcessors: [processor] })
      .getTracer('shop')
      .startSpan('order')
      .end();
    expect(said).toEqual([expect.stringMatching(/^This SDK cuts values before/)]);
  });

  test('an older API of OpenTelemetry, beside which the library’s own spans are lost, is said.', () => {
    const processor = new AgentoSpanProcessor({ exporter: new InMemorySpanExporter(), log }, {});
    const provider = new TracerProvider({ spanProcessors: [processor] });
    const key = Symbol.for('opentelemetry.js.api.1');
    const shared = globalThis as { [key]?: object };
    const before = shared[key];
    shared[key] = { version: '1.9.0', trace: provider };
    provider.getTracer('shop').startSpan('order').end();
    shared[key] = before ?? {};
    expect(said).toEqual([expect.stringMatching(/^The SDK has an older @opentelemetry\/api/)]);
  });

  test('or not at all: that nothing exports the spans is said.', () => {
    start([new AgentoSpanProcessor({ log }, {})]);
    endOne();
    expect(said).toEqual([expect.stringMatching(/^Spans are redacted, but nothing exports them/)]);
  });
});

describe('What a processor writes just before a span ends', () => {
  const seen: unknown[] = [];
  const writer: SpanProcessor = {
    onStart() {},
    onEnding(span) {
      seen.push((span as unknown as ReadableSpan).attributes['ai.prompt']);
      span.setAttributes({ late: `late ${secret}`, 'late.long': `${secret} ${'a'.repeat(9_000)}` });
    },
    onEnd() {},
    async forceFlush() {},
    async shutdown() {},
  };
  const memory = new InMemorySpanExporter();
  const theirs = new SimpleSpanProcessor({ exporter: memory });

  /** Two spans: what is registered at the first must not be registered again. */
  function endTwo(tracer: ReturnType<typeof trace.getTracer>) {
    seen.length = 0;
    memory.reset();
    const attributes = { 'ai.prompt': `Open: ${secret}`, 'request.authorization': 'Bearer abcdefgh' };
    for (const name of ['first', 'second']) tracer.startSpan(name, { attributes }).end();
    return memory.getFinishedSpans();
  }

  function expectRedacted(spans: ReadableSpan[]) {
    expect(seen).toEqual(['Open: ***REDACTED***', 'Open: ***REDACTED***']);
    expect(spans).toHaveLength(2);
    for (const { attributes, events } of spans) {
      expect(attributes).toMatchObject({
        'request.authorization': '***REDACTED***',
        late: 'late ***REDACTED***',
        'late.long_truncated': `***REDACTED*** ${'a'.repeat(9_000)}`.slice(0, 8_192),
        'agento.redactions': 4,
      });
      expect(JSON.stringify([attributes, events])).not.toContain(secret);
    }
  }

  test('is redacted and truncated after an AgentoSpanProcessor, and it is shown nothing else.', () => {
    const ours = new AgentoSpanProcessor({ secrets: [secret], log }, {});
    const provider = new TracerProvider({ spanProcessors: [theirs, ours, writer] });
    expectRedacted(endTwo(provider.getTracer('ai')));
    expect(provider).toMatchObject({ _activeSpanProcessor: { _spanProcessors: { length: 4 } } });
  });

  test('likewise among the processors of initializeTracing.', async () => {
    const tracing = initializeTracing(
      { otlpEndpoint: 'disabled', processors: [theirs, writer], secrets: [secret], log },
      {},
    );
    expectRedacted(endTwo(trace.getTracer('ai')));
    await tracing.shutdown();
  });
});
