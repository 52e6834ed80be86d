import fc from 'fast-check';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import {
  buildA2AContext,
  extractA2AContext,
  getTracer,
  initializeTracing,
  referenceOf,
  withActive,
} from '../src/index.ts';
import { collectSpans } from '../src/testing.ts';

const collection = collectSpans();
const tracing = initializeTracing({ serviceName: 'test', processors: [collection.processor] }, {});
afterEach(() => collection.clear());
afterAll(() => tracing.shutdown());

const handOff = { source_agent: 'planner', target_agent: 'executor', session_id: 'session-123' };
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('a hand-off between agents', () => {
  test('carries who hands over to whom, and the trace, as plain JSON', () => {
    const span = getTracer().createModuleSpan({ moduleType: 'planner', operation: 'analyze_query' });
    const { trace_id, span_id } = referenceOf(span);
    const expected = {
      ...handOff,
      trace_headers: { traceparent: `00-${trace_id}-${span_id}-03` },
      trace_id,
    };
    expect(buildA2AContext(handOff, span)).toEqual(expected);
    expect(withActive(span, () => buildA2AContext(handOff))).toEqual(expected);
    span.end();
  });

  test('goes on in the same trace, with its tracestate', () => {
    const trace_headers = { traceparent, tracestate: 'vendor=1' };
    const received = extractA2AContext(JSON.parse(JSON.stringify({ ...handOff, trace_headers })));
    expect(received).toMatchObject({ ...handOff, trace_id: '0af7651916cd43dd8448eb211c80319c' });
    const span = getTracer().createModuleSpan({
      moduleType: 'executor',
      operation: 'execute_plan',
      parent: received?.parent ?? null,
    });
    expect(buildA2AContext(handOff, span).trace_headers.tracestate).toBe('vendor=1');
    span.end();
    expect(collection.spans()).toMatchObject([
      { traceId: '0af7651916cd43dd8448eb211c80319c', parentSpanId: 'b7ad6b7169203331' },
    ]);
  });

  test('outside any trace has no headers', () => {
    expect(buildA2AContext(handOff)).toEqual({ ...handOff, trace_headers: {} });
  });

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', traceparent],
    ['no headers', handOff],
    ['headers that are a list', { trace_headers: [traceparent] }],
    ['a traceparent that is a list', { trace_headers: { traceparent: [traceparent] } }],
    ['an all-zero trace id', { trace_headers: { traceparent: `00-${'0'.repeat(32)}-b7ad6b7169203331-01` } }],
    ['upper-case ids', { trace_headers: { traceparent: traceparent.toUpperCase() } }],
    ['an overlong traceparent', { trace_headers: { traceparent: `${traceparent}-${'a'.repeat(10_000)}` } }],
    ['only a trace id', { trace_headers: {}, trace_id: '0af7651916cd43dd8448eb211c80319c' }],
  ])('that came with %s is none, not even while a span is active', (_, carrier) => {
    const span = getTracer().createModuleSpan({ moduleType: 'executor', operation: 'execute_plan' });
    expect(withActive(span, () => extractA2AContext(carrier))).toBeNull();
    span.end();
  });

  test('never throws, and never names a span the headers do not', () => {
    const header = fc.oneof(fc.string(), fc.constant(traceparent), fc.stringMatching(/^[0-9a-f-]{0,70}$/));
    const headers = fc.oneof(
      fc.anything(),
      fc.record({ traceparent: fc.oneof(header, fc.anything()), tracestate: fc.anything() }),
    );
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.record({ trace_headers: headers })), (carrier) => {
        const received = extractA2AContext(carrier);
        if (received) expect(JSON.stringify(carrier)).toContain(received.trace_id);
      }),
    );
  });
});
