import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { getTracer, initializeTracing, type Tracing, withActive, withServerSpan } from '../src/index.ts';
import { collectSpans } from '../src/testing.ts';
import { onlySpan } from './in-trace.ts';

const collection = collectSpans();
let tracing: Tracing | null = null;

/** Before anything else in this process has started tracing. */
const before = getTracerWithWarnings();
async function getTracerWithWarnings() {
  const warnings: string[] = [];
  const note = (warning: Error) => warnings.push(warning.message);
  process.on('warning', note);
  const tracer = getTracer();
  getTracer();
  const span = tracer.createModuleSpan({ moduleType: 'planner', operation: 'analyze_query' });
  tracer.addEvent(span, 'nothing');
  tracer.recordException(span, new Error('nothing'));
  span.end();
  // Warnings are emitted in a later turn.
  await new Promise(setImmediate);
  process.off('warning', note);
  const { traceId } = span.spanContext();
  tracing = initializeTracing({ serviceName: 'test', processors: [collection.processor] }, {});
  return { warnings, traceId, tracer };
}

afterEach(() => collection.clear());
afterAll(() => tracing?.shutdown());

const { warnings, traceId: idBefore, tracer } = await before;

const only = (name: string) => onlySpan(collection, name);

describe('the tracer before initialisation', () => {
  test('does nothing, and says so once', () => {
    expect(idBefore).toBe('0'.repeat(32));
    expect(warnings).toEqual([
      'Tracing is not initialised, spans go nowhere: call initializeTracing() first, or start an SDK with an AgentoSpanProcessor',
    ]);
  });
});

describe('a module span', () => {
  test('is named after its type and operation, and has both as attributes beside its own', () => {
    const span = tracer.createModuleSpan({
      moduleType: 'executor',
      operation: 'execute_step',
      attributes: {
        step_id: 'step-1',
        retry_count: 2,
        estimated_cost: 0.05,
        last: false,
        tags: ['a', 'b'],
        nothing: null,
        place: { town: 'Leipzig' },
        mixed: [1, 'a'],
      },
    });
    tracer.setSpanSuccess(span);
    span.end();
    expect(only('executor.execute_step')).toMatchObject({
      kind: 'INTERNAL',
      scope: '@agento/tracing',
      parentSpanId: null,
      status: { code: 'OK' },
      attributes: {
        'module.type': 'executor',
        'module.operation': 'execute_step',
        step_id: 'step-1',
        retry_count: 2,
        estimated_cost: 0.05,
        last: false,
        tags: ['a', 'b'],
        place: '{"town":"Leipzig"}',
        mixed: '[1,"a"]',
      },
    });
    expect(Object.keys(only('executor.execute_step').attributes)).not.toContain('nothing');
  });

  test('records an exception with its type, without its secrets, and its events in their order', () => {
    const span = tracer.createModuleSpan({ moduleType: 'verifier', operation: 'validate_results' });
    tracer.addEvent(span, 'validation_started', { result_count: 3 });
    tracer.addEvent(span, 'validation_failed', {
      errors: ['incomplete_data'],
      at: { step: 2 },
      gone: undefined,
    });
    tracer.recordException(span, new TypeError('no access with password=hunter2-hunter2'));
    span.end();
    const { status, attributes, events } = only('verifier.validate_results');
    expect(status.code).toBe('ERROR');
    expect(attributes['error.type']).toBe('TypeError');
    expect(events.slice(0, 2)).toEqual([
      { name: 'validation_started', attributes: { result_count: 3 } },
      { name: 'validation_failed', attributes: { errors: ['incomplete_data'], at: '{"step":2}' } },
    ]);
    expect(events[2]).toMatchObject({ name: 'exception', attributes: { 'exception.type': 'TypeError' } });
    expect(JSON.stringify(collection.spans())).not.toContain('hunter2');
  });

  test("keeps an event's large text whole in a payload event", () => {
    const span = tracer.createModuleSpan({ moduleType: 'generator', operation: 'write' });
    const text = 'word '.repeat(2_000);
    tracer.addEvent(span, 'written', { text, words: 2_000 });
    span.end();
    expect(only('generator.write').events).toEqual([
      { name: 'ai.payload.large', attributes: { 'written.text': text } },
      {
        name: 'written',
        attributes: {
          words: 2_000,
          text: text.slice(0, 8_192),
          text_payload_event: 'ai.payload.large',
          text_payload_key: 'written.text',
        },
      },
    ]);
  });
});

describe('a tool span', () => {
  test('hangs under a span made by hand and has its arguments without what stands under a secret key', () => {
    const parent = tracer.createModuleSpan({ moduleType: 'executor', operation: 'execute_plan' });
    const tool = tracer.createToolSpan({
      toolName: 'api_client',
      parameters: {
        api_key: 'secret',
        headers: { authorization: 'Basic b3Blbjpz' },
        data: { name: 'test', max_tokens: 12 },
      },
      callId: 'call_1',
      parentSpan: parent,
    });
    tool.end();
    parent.end();
    expect(only('tool.api_client')).toMatchObject({
      parentSpanId: only('executor.execute_plan').spanId,
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'api_client',
        'gen_ai.tool.type': 'function',
        'agento.genai.span_name': 'execute_tool api_client',
        'gen_ai.tool.call.id': 'call_1',
        'gen_ai.tool.call.arguments':
          '{"api_key":"***REDACTED***","headers":{"authorization":"***REDACTED***"},"data":{"name":"test","max_tokens":12}}',
        'agento.redactions': 2,
        'agento.redaction.rules': ['secret-key'],
      },
    });
  });

  test('takes arguments that have no JSON for what they are: nothing to fail for', () => {
    const circular: { self?: object } = {};
    circular.self = circular;
    tracer.createToolSpan({ toolName: 'odd', parameters: circular }).end();
    expect(only('tool.odd').attributes['gen_ai.tool.call.arguments']).toMatch(
      /^\[not recorded: Converting circular/,
    );
  });
});

describe('a span made by hand', () => {
  test('is the parent of what is made while it is active, across awaits, and of nothing afterwards', async () => {
    const span = tracer.createModuleSpan({ moduleType: 'planner', operation: 'analyze_query' });
    await withActive(span, async () => {
      await new Promise(setImmediate);
      tracer.createModuleSpan({ moduleType: 'planner', operation: 'create_steps' }).end();
    });
    span.end();
    tracer.createToolSpan({ toolName: 'later' }).end();
    const { spanId, traceId } = only('planner.analyze_query');
    expect(only('planner.create_steps')).toMatchObject({ parentSpanId: spanId, traceId });
    expect(only('tool.later').parentSpanId).toBeNull();
  });
});

describe('a server span', () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const answer = (flags: string) =>
    withServerSpan(
      {
        method: 'POST',
        route: '/questions',
        headers: { traceparent: `00-${traceId}-b7ad6b7169203331-${flags}` },
      },
      async (span) => span.setAttribute('http.response.status_code', 200).isRecording(),
    );

  test("continues the caller's trace, and the caller's choice not to record it", async () => {
    expect([await answer('01'), await answer('00')]).toEqual([true, false]);
    expect(collection.spans()).toHaveLength(1);
    expect(only('POST /questions')).toMatchObject({
      kind: 'SERVER',
      traceId,
      parentSpanId: 'b7ad6b7169203331',
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/questions',
        'http.response.status_code': 200,
      },
    });
  });
});
