import { moduleInfo, type TraceMetadata } from '@agento/contracts';
import { context, trace as otel, propagation, ROOT_CONTEXT } from '@opentelemetry/api';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  activeSpan,
  type Carrier,
  createModuleLink,
  enterRun,
  extractParentContext,
  referenceOf,
  traceHeaders,
  withHopSpan,
  withRunSpan,
  withSpan,
} from '../src/index.ts';
import { inTelemetry } from './in-trace.ts';

const trace = '0af7651916cd43dd8448eb211c80319c';
const caller = 'b7ad6b7169203331';
const otherTrace = '4bf92f3577b34da6a3ce929d0e0e4736';
const root = '00f067aa0ba902b7';
const header = `00-${trace}-${caller}-01`;

interface Given {
  traceparent?: string;
  metadata?: TraceMetadata;
  openaiTraceId?: string;
}

/** One request to module 2 as the instrumentations see it: `request` in the header's trace, the run below, then the hop. */
async function enter({ traceparent, metadata, openaiTraceId }: Given) {
  const headers: Carrier = { traceparent };
  const module = moduleInfo(2);
  let continued = false;
  const spans = await inTelemetry(() =>
    withSpan({ name: 'request', parent: propagation.extract(ROOT_CONTEXT, headers) }, async () => {
      const entry = enterRun({ headers, metadata, source: 'agento-module-1', openaiTraceId });
      continued = entry.continued;
      const run = { module, entry, agentName: 'PlanGenerator', runId: 'r' };
      await withRunSpan({ ...run, nextModule: 3 }, async () => {});
      await withHopSpan({ ...run, url: 'http://127.0.0.1:3003/run' }, async () => {});
    }),
  );
  const named = (name: string) => {
    const found = spans.find((span) => span.name === name);
    if (!found) throw new Error(`No span is named ${name}`);
    return found;
  };
  const [request, run, hop] = [named('request'), named('run_module_2'), named('POST')];
  const marks = Object.fromEntries(
    Object.entries(run.attributes).filter(([key]) => key.startsWith('agento.trace_metadata')),
  );
  return { request, run, hop, marks, continued };
}

function metadataOf(trace_id: string, root_span_id = root): TraceMetadata {
  return { trace_id, root_span_id, service_name: 'Agento-Module-1' };
}
const predecessor = (traceId: string) => ({
  traceId,
  spanId: root,
  attributes: { source: 'agento-module-1', relationship: 'predecessor' },
});

describe('Where a run hangs', () => {
  test('A valid traceparent with metadata of the same trace: below request, linked to its predecessor.', async () => {
    const { request, run, hop, marks, continued } = await enter({
      traceparent: header,
      metadata: metadataOf(trace),
    });

    expect([request.traceId, run.traceId, hop.traceId]).toEqual([trace, trace, trace]);
    expect([run.parentSpanId, hop.parentSpanId]).toEqual([request.spanId, request.spanId]);
    expect(run.links).toEqual([predecessor(trace)]);
    expect(run.attributes['agento.link.predecessor']).toEqual([root]);
    expect([marks, continued]).toEqual([{}, false]);
  });

  test('A valid traceparent only: below request, no link.', async () => {
    const { request, run, hop, marks, continued } = await enter({ traceparent: header });

    expect([run.traceId, run.parentSpanId, hop.parentSpanId]).toEqual([
      trace,
      request.spanId,
      request.spanId,
    ]);
    expect([run.links, marks, continued]).toEqual([[], {}, false]);
  });

  test('Metadata only: below the root of the module before, in its trace, while request has a trace of its own.', async () => {
    const { request, run, hop, marks, continued } = await enter({ metadata: metadataOf(trace) });

    expect([run.traceId, hop.traceId]).toEqual([trace, trace]);
    expect([run.parentSpanId, hop.parentSpanId]).toEqual([root, root]);
    expect(request.traceId).not.toBe(trace);
    expect(request.parentSpanId).toBeNull();
    expect(run.links).toEqual([predecessor(trace)]);
    expect([marks, continued]).toEqual([{}, true]);
  });

  test('Both, of different traces: the header wins, the link still leads to the predecessor, and it is said.', async () => {
    const { request, run, hop, marks, continued } = await enter({
      traceparent: header,
      metadata: metadataOf(otherTrace),
    });

    expect([run.traceId, run.parentSpanId, hop.parentSpanId]).toEqual([
      trace,
      request.spanId,
      request.spanId,
    ]);
    expect(run.links).toEqual([predecessor(otherTrace)]);
    expect([marks, continued]).toEqual([{ 'agento.trace_metadata.mismatch': true }, false]);
  });

  test('Neither: below request, in a new trace.', async () => {
    const { request, run, hop, marks, continued } = await enter({});

    expect([run.traceId, hop.traceId]).toEqual([request.traceId, request.traceId]);
    expect([request.parentSpanId, run.parentSpanId, hop.parentSpanId]).toEqual([
      null,
      request.spanId,
      request.spanId,
    ]);
    expect([run.links, marks, continued]).toEqual([[], {}, false]);
  });

  test.each([
    ['malformed', metadataOf('nonsense')],
    ['all zero', metadataOf('0'.repeat(32), '0'.repeat(16))],
    ['upper-case', metadataOf(trace.toUpperCase())],
    ['overlong', metadataOf(`${trace}00`)],
    ['empty', metadataOf('', '')],
  ])('Ids that are %s: as if there were no metadata, and it is said.', async (_what, metadata) => {
    const alone = await enter({ metadata });
    expect([alone.run.traceId, alone.run.parentSpanId]).toEqual([
      alone.request.traceId,
      alone.request.spanId,
    ]);
    expect([alone.run.links, alone.marks, alone.continued]).toEqual([
      [],
      { 'agento.trace_metadata.invalid': true },
      false,
    ]);

    const withHeader = await enter({ traceparent: header, metadata });
    expect([withHeader.run.traceId, withHeader.run.parentSpanId]).toEqual([trace, withHeader.request.spanId]);
    expect([withHeader.run.links, withHeader.marks]).toEqual([[], { 'agento.trace_metadata.invalid': true }]);
  });

  test.each([
    'nonsense',
    '',
    `00-${'0'.repeat(32)}-${caller}-01`,
    `00-${trace}-${'0'.repeat(16)}-01`,
    `00-${trace.toUpperCase()}-${caller}-01`,
    `00-${trace}-${caller}`,
    `00-${trace}00-${caller}-01`,
    `ff-${trace}-${caller}-01`,
    `00-${trace}-${caller}-01-more`,
  ])('The traceparent "%s" names no span: metadata alone decides.', async (traceparent) => {
    const { run, continued } = await enter({ traceparent, metadata: metadataOf(otherTrace) });

    expect([run.traceId, run.parentSpanId, continued]).toEqual([otherTrace, root, true]);
  });

  test('Two traceparents name no span, even the same one twice; the headers of a tracestate are read as one.', async () => {
    await inTelemetry(async () => {
      expect(extractParentContext({ traceparent: [header] })).toEqual({ trace_id: trace, span_id: caller });
      expect(extractParentContext({ traceparent: [header, header] })).toBeNull();
      const state = { traceparent: header, tracestate: ['a=1', 'b=2'] };
      const above = otel.getSpanContext(propagation.extract(ROOT_CONTEXT, state));
      expect(above?.traceState?.serialize()).toBe('a=1,b=2');
    });
  });

  test('A run that continues a file counts as sampled, whatever is decided for its request.', async () => {
    const spans = await inTelemetry(
      () =>
        withSpan({ name: 'request' }, async () => {
          const metadata = metadataOf(trace);
          const entry = enterRun({ headers: {}, metadata, source: 's', openaiTraceId: undefined });
          const run = { module: moduleInfo(2), entry, agentName: 'PlanGenerator', runId: 'r', nextModule: 0 };
          await withRunSpan(run, async () => {});
        }),
      { AGENTO_TRACE_SAMPLE_RATE: '0' },
    );

    expect(spans.map(({ name }) => name)).toEqual(['run_module_2']);
  });
});

describe("The OpenAI Agents SDK's trace", () => {
  test.each([`trace_${trace}`, trace, trace.toUpperCase()])(
    '%s is linked to with a span id made up.',
    async (id) => {
      const first = await enter({ openaiTraceId: id });
      const second = await enter({ openaiTraceId: id });

      const attributes = { source: 'openai-agents-sdk' };
      expect(first.run.links).toEqual([
        { traceId: trace, spanId: expect.stringMatching(/^(?!0{16})[0-9a-f]{16}$/), attributes },
      ]);
      expect(first.run.links[0]?.spanId).not.toBe(second.run.links[0]?.spanId);
      expect(Object.keys(first.run.attributes).filter((key) => key.startsWith('agento.link'))).toEqual([]);
    },
  );
});

describe('Headers', () => {
  test('are those of the active span, or of the span that is given, and name it when read again.', async () => {
    let checked = 0;
    const headers: Carrier[] = [];
    const [inner, outer] = await inTelemetry(() =>
      withSpan({ name: 'outer' }, async (outer) => {
        await withSpan({ name: 'inner' }, async () => {
          headers.push(traceHeaders(), traceHeaders(outer));
          for (const [index, span] of [activeSpan(), outer].entries()) {
            expect(extractParentContext(headers[index] ?? {})).toEqual(referenceOf(span));
            checked += 1;
          }
        });
      }),
    );

    expect(headers).toEqual([
      { traceparent: `00-${inner?.traceId}-${inner?.spanId}-03` },
      { traceparent: `00-${outer?.traceId}-${outer?.spanId}-03` },
    ]);
    expect(checked).toBe(2);
  });

  test('carry a tracestate on.', async () => {
    const headers: Carrier = { traceparent: header, tracestate: 'vendor=1' };
    let sent: Carrier = {};

    await inTelemetry(() =>
      withSpan({ name: 'request', parent: propagation.extract(ROOT_CONTEXT, headers) }, async () => {
        sent = traceHeaders();
      }),
    );

    expect(sent.tracestate).toBe('vendor=1');
  });

  test('outside any span are none.', async () => {
    let headers: Carrier = { x: 'y' };
    await inTelemetry(async () => {
      headers = traceHeaders();
    });

    expect(headers).toEqual({});
  });
});

test('The link to a module is none without metadata, or with ids that no span has.', () => {
  expect(createModuleLink(undefined, 'agento-module-1')).toBeNull();
  expect(createModuleLink(metadataOf('x'), 'agento-module-1')).toBeNull();
  expect(createModuleLink(metadataOf(trace), 'agento-module-1')).toEqual({
    to: { trace_id: trace, span_id: root },
    source: 'agento-module-1',
    relationship: 'predecessor',
  });
});

test('Whatever headers and metadata hold, a run finds a parent: the active one, or the one that valid metadata names.', async () => {
  const hex = (length: number) =>
    fc.oneof(
      fc.string({ maxLength: length + 2 }),
      fc.string({ unit: fc.constantFrom(...'0123456789abcdefABCDEF'), minLength: length, maxLength: length }),
      fc.constant('0'.repeat(length)),
    );
  const traceparent = fc.oneof(
    fc.string(),
    fc.tuple(hex(2), hex(32), hex(16), hex(2)).map((parts) => parts.join('-')),
  );
  const metadata = fc.option(
    fc.record({ trace_id: hex(32), root_span_id: hex(16), service_name: fc.string() }),
    { nil: undefined },
  );
  await inTelemetry(async () => {
    fc.assert(
      fc.property(traceparent, fc.string(), metadata, (traceparent, tracestate, metadata) => {
        const headers = { traceparent, tracestate };
        const entry = enterRun({ headers, metadata, source: 's', openaiTraceId: undefined });

        const valid = metadata !== undefined && createModuleLink(metadata, 's') !== null;
        expect(entry.continued).toBe(valid && extractParentContext(headers) === null);
        if (!entry.continued) expect(entry.parent).toBe(context.active());
        expect(entry.links).toHaveLength(valid ? 1 : 0);
      }),
      { numRuns: 300 },
    );
  });
});
