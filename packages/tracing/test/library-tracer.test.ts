import { afterAll, afterEach, describe, expect, test } from 'vitest';
import {
  getTracer,
  initializeTracing,
  type Tracing,
  traced,
  traceModuleOperation,
  withActive,
  withServerSpan,
} from '../src/index.ts';
import { collectSpans } from '../src/testing.ts';

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

/** The span of that name; a span with the name twice is a failure. */
function only(name: string) {
  const found = collection.spans().filter((span) => span.name === name);
  expect(found.map((span) => span.name)).toEqual([name]);
  const [span] = found;
  if (!span) throw new Error(`no span ${name}`);
  return span;
}

describe('the tracer before initialisation', () => {
  test('does nothing, and says so once', () => {
    expect(idBefore).toBe('0'.repeat(32));
    expect(warnings).toEqual([
      'Tracing is not initialised, spans go nowhere: call initializeTracing() first',
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

describe('traced', () => {
  test('keeps the function as it was: arguments, result, this, sync or not', async () => {
    const counter = {
      start: 40,
      add: traced('add', function (this: { start: number }, more: number) {
        return this.start + more;
      }),
    };
    const sum: number = counter.add(2);
    const later: Promise<string> = traced('later', async (text: string) => text.toUpperCase())('done');
    expect([sum, await later]).toEqual([42, 'DONE']);
    expect([only('add').status.code, only('later').status.code]).toEqual(['OK', 'OK']);
  });

  test('records what the function throws, and throws it on', async () => {
    const refuse = () => {
      throw new RangeError('too far');
    };
    expect(traced('sync', refuse)).toThrow('too far');
    await expect(traced('async', async () => refuse())()).rejects.toThrow('too far');
    const facts = ({ status, attributes }: ReturnType<typeof only>) => [status, attributes['error.type']];
    const failed = [{ code: 'ERROR', message: 'too far' }, 'RangeError'];
    expect([facts(only('sync')), facts(only('async'))]).toEqual([failed, failed]);
  });

  test('nests calls', () => {
    const inner = traced('inner', () => 1);
    traced('outer', () => inner())();
    expect(only('inner').parentSpanId).toBe(only('outer').spanId);
  });

  test('ends with the last turn of an async generator, whose spans are its children', async () => {
    const inner = traced('inner', async (word: string) => word);
    const words = traced('stream', async function* (...all: string[]) {
      for (const word of all) yield await inner(word);
      return 'end';
    });
    const stream: AsyncGenerator<string, string> = words('one');
    expect(await stream.next()).toEqual({ done: false, value: 'one' });
    expect(collection.spans().map(({ name }) => name)).toEqual(['inner']);
    expect(await stream.next()).toEqual({ done: true, value: 'end' });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(only('stream').status.code).toBe('OK');
    expect(only('inner').parentSpanId).toBe(only('stream').spanId);
  });

  test('ends with an async generator that is left, or that fails', async () => {
    const count = traced('count', async function* () {
      for (let number = 0; ; number += 1) {
        if (number === 2) throw new RangeError('too far');
        yield number;
      }
    });
    for await (const number of count()) if (number === 0) break;
    expect(only('count').status.code).toBe('OK');
    collection.clear();
    await expect(Array.fromAsync(count())).rejects.toThrow('too far');
    expect(only('count').status).toEqual({ code: 'ERROR', message: 'too far' });
  });

  test('gives back the very promise a client returned', async () => {
    const answer = Object.assign(Promise.resolve('text'), { asResponse: () => 'raw' });
    const result = traced('client', () => answer)();
    expect(result).toBe(answer);
    expect(await result).toBe('text');
    expect(only('client').status.code).toBe('OK');
  });
});

describe('traceModuleOperation', () => {
  test('wraps a function, named after itself in snake_case or as told', async () => {
    async function analyzeQuery(query: string) {
      return query.length;
    }
    expect(await traceModuleOperation('planner')(analyzeQuery)('four')).toBe(4);
    expect(traceModuleOperation('executor', 'execute_step')(() => 'done')()).toBe('done');
    expect(only('planner.analyze_query').attributes).toMatchObject({
      'module.type': 'planner',
      'module.operation': 'analyze_query',
    });
    expect(only('executor.execute_step').status).toEqual({ code: 'OK' });
  });

  test('is a standard method decorator', () => {
    class Verifier {
      limit = 3;
      checkAll(values: number[]) {
        return values.every((value) => value < this.limit);
      }
    }
    const context: ClassMethodDecoratorContext<Verifier, Verifier['checkAll']> = {
      kind: 'method',
      name: 'checkAll',
      static: false,
      private: false,
      access: { has: (verifier) => 'checkAll' in verifier, get: (verifier) => verifier.checkAll },
      addInitializer: () => {},
      metadata: {},
    };
    Verifier.prototype.checkAll = traceModuleOperation('verifier')(Verifier.prototype.checkAll, context);
    expect(new Verifier().checkAll([1, 2])).toBe(true);
    expect(only('verifier.check_all').attributes['module.operation']).toBe('check_all');
  });

  test('asks for a name where the function has none', () => {
    expect(() =>
      traceModuleOperation('planner')(
        (
          () => () =>
            1
        )(),
      ),
    ).toThrow('a function without a name needs the operation');
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
