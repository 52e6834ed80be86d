import { describe, expect, test } from 'vitest';
import { activeSpan, errorType, failSpan, isCancelled, referenceOf, withSpan } from '../src/index.ts';
import { inTelemetry, onSpan } from './in-trace.ts';

describe('withSpan', () => {
  test('gives back what the work gives and leaves the status unset.', async () => {
    let value: number | undefined;

    const [span] = await inTelemetry(async () => {
      value = await withSpan({ name: 'add', attributes: { left: 1 } }, async () => 1 + 1);
    });

    expect(value).toBe(2);
    expect(span).toEqual({
      name: 'add',
      kind: 'INTERNAL',
      openInferenceKind: 'CHAIN',
      scope: 'agento',
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
      spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
      parentSpanId: null,
      attributes: { left: 1 },
      events: [],
      links: [],
      status: { code: 'UNSET' },
    });
  });

  test('hangs what is made in it below it, also after waiting and side by side.', async () => {
    const leaf = (name: string) => withSpan({ name }, () => new Promise((done) => setTimeout(done, 1)));

    const spans = await inTelemetry(() =>
      withSpan({ name: 'outer' }, async () => {
        await leaf('before');
        await Promise.all([leaf('left'), leaf('right')]);
      }),
    );

    const outer = spans.at(-1);
    expect(spans.map(({ name, parentSpanId }) => [name, parentSpanId])).toEqual([
      ['before', outer?.spanId],
      ['left', outer?.spanId],
      ['right', outer?.spanId],
      ['outer', null],
    ]);
  });

  test('hands its scope, and not its own attributes, to all spans below.', async () => {
    const spans = await inTelemetry(() =>
      withSpan({ name: 'step', scope: { 'agent.name': 'A', item: 1 }, attributes: { own: true } }, () =>
        withSpan({ name: 'inner', scope: { item: 2 } }, () =>
          withSpan({ name: 'call', client: true, attributes: { item: 3 } }, async () => {}),
        ),
      ),
    );

    expect(spans.map(({ name, kind, attributes }) => [name, kind, attributes])).toEqual([
      ['call', 'CLIENT', { 'agent.name': 'A', item: 3 }],
      ['inner', 'INTERNAL', { 'agent.name': 'A', item: 2 }],
      ['step', 'INTERNAL', { 'agent.name': 'A', item: 1, own: true }],
    ]);
  });

  test('records an error with its type, ends the span and throws the error on.', async () => {
    const error = Object.assign(new RangeError('too far'), { code: 'out_of_reach' });
    let thrown: unknown;

    const [span] = await inTelemetry(() =>
      withSpan({ name: 'walk' }, () => Promise.reject(error)).catch((caught: unknown) => {
        thrown = caught;
      }),
    );

    expect(thrown).toBe(error);
    expect(span?.status).toEqual({ code: 'ERROR', message: 'too far' });
    expect(span?.attributes).toEqual({ 'error.type': 'out_of_reach' });
    expect(span?.events).toEqual([
      {
        name: 'exception',
        attributes: {
          'exception.type': 'out_of_reach',
          'exception.message': 'too far',
          'exception.stacktrace': expect.stringContaining('RangeError: too far'),
        },
      },
    ]);
  });

  test('throws on whatever was thrown, also what has no text and an error whose stack is none.', async () => {
    const textless = Object.create(null);
    const structured = Object.assign(new Error('calls'), { stack: [1, 2] });
    const nameless = Object.assign(new Error('no name'), { name: Symbol('none') });
    const hostile = new Error('hostile');
    for (const field of ['name', 'message', 'stack', 'code']) {
      Object.defineProperty(hostile, field, {
        get() {
          throw new Error(`the error's ${field}`);
        },
      });
    }
    const revoked = Proxy.revocable(new Error('revoked'), {});
    revoked.revoke();
    for (const thrown of [textless, structured, nameless, hostile, revoked.proxy]) {
      let caught: unknown;
      const [span] = await inTelemetry(async () => {
        await withSpan({ name: 'odd' }, () => Promise.reject(thrown)).catch((error) => {
          caught = error;
        });
      });
      expect(caught).toBe(thrown);
      expect(span?.status.code).toBe('ERROR');
      expect(span?.events.map(({ name }) => name)).toEqual(['exception']);
      expect(span?.attributes['error.type']).toEqual(expect.any(String));
    }
  });

  test('also when the work throws before it waits, and when what it throws is no error.', async () => {
    const spans = await inTelemetry(async () => {
      await withSpan({ name: 'throws' }, () => {
        throw new TypeError('at once');
      }).catch(() => {});
      await withSpan({ name: 'text' }, () => Promise.reject('just text')).catch(() => {});
    });

    expect(spans.map(({ status, attributes }) => [status, attributes])).toEqual([
      [{ code: 'ERROR', message: 'at once' }, { 'error.type': 'TypeError' }],
      [{ code: 'ERROR', message: 'just text' }, { 'error.type': 'unknown' }],
    ]);
  });

  test('loses none of many attributes, events and links.', async () => {
    const to = { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) };

    const [span] = await inTelemetry(() =>
      withSpan({ name: 'many', links: Array.from({ length: 1_000 }, () => ({ to })) }, async (span) => {
        for (let index = 0; index < 1_000; index += 1) {
          span.setAttribute(`key-${index}`, index);
          span.addEvent('event', { index });
        }
      }),
    );

    expect([Object.keys(span?.attributes ?? {}).length, span?.events.length, span?.links.length]).toEqual([
      1_000, 1_000, 1_000,
    ]);
  });
});

describe('The type of an error', () => {
  test('is cancelled for what was given up, its code where it has one, else its class.', () => {
    const named = (name: string) => Object.assign(new Error('x'), { name });

    expect([
      errorType(named('AbortError')),
      errorType(named('Cancelled')),
      errorType(Object.assign(new Error('x'), { code: 'ECONNREFUSED' })),
      errorType(Object.assign(new Error('x'), { code: 7 })),
      errorType(new SyntaxError('x')),
      errorType(undefined),
    ]).toEqual(['cancelled', 'cancelled', 'ECONNREFUSED', 'Error', 'SyntaxError', 'unknown']);
    expect([isCancelled(named('AbortError')), isCancelled(new Error('AbortError'))]).toEqual([true, false]);
  });

  test('of a span that failed twice is the last one.', async () => {
    const span = await onSpan((span) => {
      failSpan(span, new Error('first'));
      failSpan(span, new TypeError('second'));
    });

    expect([span.attributes, span.status]).toEqual([
      { 'error.type': 'TypeError' },
      { code: 'ERROR', message: 'second' },
    ]);
  });
});

describe('The active span', () => {
  test('is the one the work is in, and one that records nothing where there is none.', async () => {
    let inside = '';
    const [span] = await inTelemetry(() =>
      withSpan({ name: 'work' }, async () => {
        inside = referenceOf(activeSpan()).span_id;
      }),
    );

    expect(inside).toBe(span?.spanId);
    expect(activeSpan().isRecording()).toBe(false);
    expect(referenceOf(activeSpan())).toEqual({ trace_id: '0'.repeat(32), span_id: '0'.repeat(16) });
  });
});

test('With tracing off the work is done all the same, and there is no span.', async () => {
  let done = false;

  const spans = await inTelemetry(
    () =>
      withSpan({ name: 'work' }, async (span) => {
        done = !span.isRecording();
      }),
    { AGENTO_TRACING_ENABLED: 'no' },
  );

  expect([done, spans]).toEqual([true, []]);
});
