import { moduleInfo } from '@agento/contracts';
import { expect, test } from 'vitest';
import {
  enterRun,
  restoreEntry,
  type SpanNote,
  storeEntry,
  withHopSpan,
  withRunSpan,
  withSpan,
} from '../src/index.ts';
import { startTelemetry } from '../src/telemetry.ts';
import { collectSpans } from '../src/testing.ts';
import { inTelemetry } from './in-trace.ts';

const module = moduleInfo(2);
const identity = { module, agentName: 'PlanGenerator', runId: '5f0c8f7e-53c5-4c35-9d0b-3d1d6a1b2c3d' };
const elsewhere = { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331' };

/** What the work leaves: its spans, the notes of them, and which were safe when. */
async function noted(work: () => Promise<unknown>, env: NodeJS.ProcessEnv = {}) {
  const collected = collectSpans();
  const notes: SpanNote[] = [];
  const told: string[] = [];
  const telemetry = startTelemetry({
    module,
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'disabled', ...env },
    dataDir: '/nowhere',
    secrets: ['the-first-door-opens'],
    processors: [collected.processor],
    notes: {
      began(_span, note) {
        notes.push(note());
        told.push(`${note().name} began`);
      },
      safe(spanIds) {
        for (const id of spanIds)
          told.push(`${notes.find(({ span_id }) => span_id === id)?.name ?? id} is safe`);
      },
    },
  });
  await work();
  const spans = collected.spans();
  await telemetry.shutdown(1_000);
  return { spans, notes, told };
}

test('A note holds what a span began with.', async () => {
  const { spans, notes } = await noted(() =>
    withSpan(
      {
        name: 'chat m',
        client: true,
        attributes: { n: 1 },
        links: [{ to: elsewhere, relationship: 'plan' }],
      },
      async (span) => {
        span.setAttribute('later', true);
      },
    ),
  );

  const [span] = spans;
  expect(notes).toEqual([
    {
      trace_id: span?.traceId,
      span_id: span?.spanId,
      parent_span_id: null,
      name: 'chat m',
      kind: 2,
      scope: { name: 'agento', version: '' },
      started_at: expect.any(Number),
      attributes: { n: 1, 'openinference.span.kind': 'CHAIN', 'agento.link.plan': [elsewhere.span_id] },
      links: [{ ...elsewhere, attributes: { relationship: 'plan' } }],
    },
  ]);
});

test('No secret is in a note that is not in its span: by value, by key, by its place in a URL.', async () => {
  const attributes = {
    said: ['it is the-first-door-opens'],
    api_key: 'anything at all',
    'url.full': 'https://somebody:kept-out@module3.example/run?key=kept-out-too',
  };
  const { spans, notes } = await noted(() =>
    withSpan(
      {
        name: 'work the-first-door-opens',
        attributes,
        links: [{ to: elsewhere, source: 'the-first-door-opens' }],
      },
      async () => {},
    ),
  );

  const { 'agento.redactions': _, 'agento.redaction.rules': __, ...shown } = spans[0]?.attributes ?? {};
  expect(notes[0]?.attributes).toEqual({ ...shown, 'openinference.span.kind': 'CHAIN' });
  expect(notes[0]?.name).toBe(spans[0]?.name);
  expect(notes[0]?.links[0]?.attributes).toEqual(spans[0]?.links[0]?.attributes);
  expect(JSON.stringify(notes)).not.toMatch(/door|anything|kept-out/);
  // What was taken out of the note is not counted on the span a second time.
  expect(spans[0]?.attributes['agento.redactions']).toBe(5);
});

test('Without export a span is safe as soon as it has ended; one that is not sampled is not noted.', async () => {
  const work = () => withSpan({ name: 'outer' }, () => withSpan({ name: 'inner' }, async () => {}));

  expect((await noted(work)).told).toEqual(['outer began', 'inner began', 'inner is safe', 'outer is safe']);
  expect((await noted(work, { OTEL_TRACES_SAMPLER: 'always_off' })).notes).toEqual([]);
  expect((await noted(work, { OTEL_SDK_DISABLED: 'true' })).told).toEqual([]);
});

test('A run entered again from what was stored has the same place as the one that saw the request.', async () => {
  const headers = { traceparent: `00-${elsewhere.trace_id}-${elsewhere.span_id}-01`, tracestate: 'vendor=1' };
  const metadata = { trace_id: elsewhere.trace_id, root_span_id: elsewhere.span_id, service_name: 'x' };
  const placesOf = async (given: Parameters<typeof enterRun>[0], stored: boolean) => {
    const spans = await inTelemetry(async () => {
      let entry = enterRun(given);
      await withSpan({ name: 'request' }, async () => {
        entry = enterRun(given);
      });
      // The request is over: what follows is in nobody's context.
      if (stored) entry = restoreEntry(JSON.parse(JSON.stringify(storeEntry(entry))));
      await withRunSpan({ ...identity, entry, nextModule: 3 }, () =>
        withSpan({ name: 'step' }, async () => {}),
      );
      await withHopSpan({ ...identity, entry, url: 'http://127.0.0.1:3003/run' }, async () => {});
    });
    const nameOf = (id: string | null) => spans.find(({ spanId }) => spanId === id)?.name ?? id;
    return spans.map(({ name, parentSpanId, attributes, links }) => [
      name,
      nameOf(parentSpanId),
      attributes,
      links,
    ]);
  };

  for (const given of [
    { headers, metadata, source: 'agento-module-1', openaiTraceId: undefined },
    { headers: {}, metadata, source: 'agento-module-1', openaiTraceId: undefined },
    { headers: {}, metadata: undefined, source: '', openaiTraceId: undefined },
  ]) {
    const live = await placesOf(given, false);
    expect(await placesOf(given, true)).toEqual(live);
    expect(live.map(([name]) => name)).toEqual(['request', 'step', 'run_module_2', 'POST']);
  }
});

test('The tracestate of the parent is stored with it.', async () => {
  const parent = {
    trace_id: elsewhere.trace_id,
    span_id: elsewhere.span_id,
    trace_flags: 1,
    trace_state: 'vendor=1',
  };
  const stored = { parent, links: [], attributes: {}, continued: false };

  expect(storeEntry(restoreEntry(stored))).toEqual(stored);
  expect(storeEntry(restoreEntry({ ...stored, parent: null }))).toEqual({ ...stored, parent: null });
});
