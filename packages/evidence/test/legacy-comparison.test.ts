import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { compareLegacy } from '../src/legacy-comparison.ts';
import type { Attributes, RecordedEvent, RecordedSpan, Trace } from '../src/model.ts';

const traceId = '5b8efff798038103d269b633813fc60c';
const stepId = 'eee19b7ec3c1b174';

function event(name: string, attributes: Attributes): RecordedEvent {
  return { name, time: 0n, attributes };
}

function span(events: RecordedEvent[], attributes: Attributes = {}): RecordedSpan {
  return {
    trace_id: traceId,
    span_id: stepId,
    parent_span_id: '',
    name: 'plan_generation',
    kind: 'INTERNAL',
    start: 0n,
    end: 1n,
    status: { code: 'UNSET', message: '' },
    attributes,
    events,
    links: [],
    resource: { 'module.number': 2 },
    scope: { name: 'agento.module2', version: '' },
  };
}

function traceOf(...spans: RecordedSpan[]): Trace {
  return { trace_id: traceId, spans, encoding_problems: [] };
}

function legacy(steps: { stage: string; inputs: unknown; outputs: unknown }[], head = {}): string {
  return JSON.stringify({
    run_id: '6f9619ff-8b86-4d01-b42d-00c04fc964ff',
    trace_id: traceId,
    module: 2,
    omitted: 0,
    ...head,
    steps: steps.map((step) => ({ ...step, span_id: stepId })),
  });
}

const inputs = { goal: 'Open a repair café' };
const outputs = { plan: { title: 'Five weekends' } };
const captured = event('capture.plan_generation', {
  inputs: JSON.stringify(inputs),
  outputs: JSON.stringify(outputs),
});

describe('a legacy file and a trace', () => {
  test('that captured the same do not differ', () => {
    const file = legacy([{ stage: 'plan_generation', inputs, outputs }]);
    expect(compareLegacy(file, traceOf(span([captured])))).toEqual([]);
  });

  test('are compared by the whole value, from its payload event, also where that is compressed', () => {
    const long = { text: 'x'.repeat(9_000) };
    const huge = { text: 'y'.repeat(60_000) };
    const reference = (field: string, event: string) => ({
      [`${field}_payload_event`]: event,
      [`${field}_payload_key`]: `capture.plan_generation.${field}`,
    });
    const events = [
      event('ai.payload.large', { 'capture.plan_generation.inputs': JSON.stringify(long) }),
      event('ai.payload.large.compressed', {
        'capture.plan_generation.outputs': gzipSync(JSON.stringify(huge)).toString('hex'),
      }),
      event('capture.plan_generation', {
        inputs: JSON.stringify(long).slice(0, 8_192),
        outputs: JSON.stringify(huge).slice(0, 8_192),
        ...reference('inputs', 'ai.payload.large'),
        ...reference('outputs', 'ai.payload.large.compressed'),
      }),
    ];
    const file = legacy([{ stage: 'plan_generation', inputs: long, outputs: huge }]);
    expect(compareLegacy(file, traceOf(span(events)))).toEqual([]);
    const changed = legacy([
      { stage: 'plan_generation', inputs: long, outputs: { text: `${huge.text.slice(1)}z` } },
    ]);
    expect(compareLegacy(changed, traceOf(span(events))).map(({ kind }) => kind)).toEqual(['outputs']);
    const shed = span(events.slice(2), { 'agento.shed': true });
    expect(compareLegacy(file, traceOf(shed)).map(({ kind, detail }) => [kind, detail])).toEqual([
      ['unreadable', 'the span gave up the rest of its inputs to fit into a request'],
      ['unreadable', 'the span gave up the rest of its outputs to fit into a request'],
    ]);
  });

  test('differ where a value does, and the difference names the place', () => {
    const file = legacy([
      { stage: 'plan_generation', inputs, outputs: { plan: { title: 'Four weekends' } } },
    ]);
    expect(compareLegacy(file, traceOf(span([captured])))).toEqual([
      {
        kind: 'outputs',
        module: 2,
        stage: 'plan_generation',
        span_id: stepId,
        detail: 'outputs/plan/title: the file has "Four weekends", the trace "Five weekends"',
      },
    ]);
  });

  test('differ where only one of them has a stage, and where a stage was captured more often', () => {
    const file = legacy([
      { stage: 'plan_generation', inputs, outputs },
      { stage: 'plan_generation', inputs, outputs },
    ]);
    const trace = traceOf(span([captured, event('capture.plan_selection', { inputs: '{}', outputs: '{}' })]));
    expect(compareLegacy(file, trace).map(({ kind, stage }) => [kind, stage])).toEqual([
      ['not_in_trace', 'plan_generation'],
      ['not_in_legacy', 'plan_selection'],
    ]);
  });

  test("of another module's spans are left alone", () => {
    const other = { ...span([captured]), resource: { 'module.number': 3 } };
    expect(compareLegacy(legacy([]), traceOf(other))).toEqual([]);
  });

  test('of different traces are not compared any further, and a file that left steps out says so', () => {
    const file = legacy([], { trace_id: '0'.repeat(31).concat('1') });
    expect(compareLegacy(file, traceOf(span([captured]))).map(({ kind }) => kind)).toEqual(['trace']);
    expect(compareLegacy(legacy([], { omitted: 3 }), traceOf()).map(({ detail }) => detail)).toEqual([
      'the file omits 3 steps for lack of memory',
    ]);
  });

  test('a text that is no legacy file is refused with what is wrong', () => {
    expect(() => compareLegacy('not json', traceOf())).toThrow(/^Not a legacy file: it/);
    expect(() => compareLegacy('{"run_id":"a","trace_id":"b","module":1,"omitted":0}', traceOf())).toThrow(
      'Not a legacy file: /steps steps is required',
    );
  });
});
