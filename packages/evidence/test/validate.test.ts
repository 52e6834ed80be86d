import { chain } from '@agento/contracts';
import { describe, expect, test } from 'vitest';
import { parseOtlpJson, type RecordedSpan, type Trace, validate } from '../src/index.ts';
import { moduleOf } from '../src/model.ts';
import { goodTrace } from './good-trace.ts';

const good = parseOtlpJson(goodTrace());

/** The trace as far as this module, which calls none after it. */
function stoppedAfter(last: number): Trace {
  const trace = structuredClone(good);
  trace.spans = trace.spans.filter(
    (span) => (moduleOf(span) ?? 0) <= last && !(moduleOf(span) === last && span.name === 'POST'),
  );
  const root = trace.spans.find(({ name }) => name === `run_module_${last}`);
  if (root) root.attributes['agento.next_module'] = 0;
  return trace;
}

/** A run whose module 3 failed at the model, as every span of it tells. */
function failedInModule3(): Trace {
  const trace = stoppedAfter(3);
  const failing = trace.spans.find(({ name }) => name === 'expansion_evaluation');
  const { start = 0n } = failing ?? {};
  trace.spans = trace.spans.filter(
    (span) => moduleOf(span) !== 3 || span.start <= start || span.kind === 'SERVER',
  );
  const told = trace.spans.filter((span) => span.end >= (failing?.end ?? 0n) || span === failing);
  for (const span of told) {
    span.status = { code: 'ERROR', message: 'The model answered 500' };
    span.attributes['error.type'] = 'model_unavailable';
    span.events.push({ name: 'exception', time: span.end, attributes: { 'exception.message': 'broken' } });
  }
  const root = trace.spans.find(({ name }) => name === 'run_module_3');
  if (root) {
    root.attributes['agento.next_module'] = 4;
    root.attributes['agento.span_count'] = trace.spans.filter(
      (span) => moduleOf(span) === 3 && !/^(POST \/run|request|run_module_3)$/.test(span.name),
    ).length;
  }
  return trace;
}

describe('no finding', () => {
  test('of a run as the contract describes it', () => {
    expect(validate(good, { complete: true })).toEqual([]);
  });

  test('with content switched off: content is not asked for', () => {
    expect(validate(parseOtlpJson(goodTrace({ content: false })), { complete: true })).toEqual([]);
  });

  test('of a call whose endpoint did not say its tokens, where the span says so', () => {
    const trace = structuredClone(good);
    const chat = trace.spans.find(({ name }) => name.startsWith('chat '));
    delete chat?.attributes['gen_ai.usage.input_tokens'];
    expect(validate(trace, { complete: true })).toHaveLength(1);

    if (chat) chat.attributes['agento.usage.unknown'] = true;
    expect(validate(trace, { complete: true })).toEqual([]);
  });

  test.each([1, 2, 3, 4])('of a run stopped after module %i', (last) => {
    expect(validate(stoppedAfter(last), { complete: false })).toEqual([]);
  });

  test('of a run that failed, judged up to its last step', () => {
    expect(validate(failedInModule3(), { complete: false })).toEqual([]);
  });

  test('of spans that shed their large events', () => {
    const trace = structuredClone(good);
    for (const span of trace.spans) {
      if (!span.events.some(({ name }) => name.startsWith('ai.payload.large'))) continue;
      span.events = span.events.filter(({ name }) => !name.startsWith('ai.payload.large'));
      span.attributes['agento.shed'] = true;
    }
    expect(validate(trace, { complete: true })).toEqual([]);
  });

  test('of a caller whose own span is somewhere else', () => {
    const trace = structuredClone(good);
    const [server] = trace.spans;
    if (server) server.parent_span_id = 'eeeeeeeeeeeeeeee';
    expect(validate(trace, { complete: true })).toEqual([]);
  });

  test('of a module that goes on from a file, under the root of the module before', () => {
    const trace = structuredClone(good);
    const named = (name: string) => trace.spans.find((span) => span.name === name);
    const [root, before] = [named('run_module_2'), named('run_module_1')];
    const request = trace.spans.find((span) => span.span_id === root?.parent_span_id);
    const hop = trace.spans.find((span) => span.name === 'POST' && moduleOf(span) === 1);
    for (const span of trace.spans) {
      if (span.parent_span_id === request?.span_id) span.parent_span_id = before?.span_id ?? '';
    }
    // Its request is in a trace of its own, and module 1 had no next one.
    trace.spans = trace.spans.filter(
      (span) => span !== request && span !== hop && span.span_id !== request?.parent_span_id,
    );
    if (before) before.attributes['agento.next_module'] = 0;
    expect(validate(trace, { complete: true })).toEqual([]);
  });
});

/** A trace of nothing but the SERVER span and its request. */
function requestOnly(change: (server: RecordedSpan) => void): Trace {
  const trace = structuredClone(good);
  trace.spans = trace.spans.slice(0, 2);
  const [server] = trace.spans;
  if (server) change(server);
  return trace;
}

test('a request that goes on in another trace has no finding, a refused one has no run', () => {
  const continued = requestOnly(({ links }) => {
    const attributes = { relationship: 'continued_in' };
    links.push({ trace_id: 'f'.repeat(32), span_id: 'f'.repeat(16), attributes });
  });
  const refused = requestOnly(({ attributes }) => {
    attributes['http.response.status_code'] = 400;
  });
  const lost = requestOnly(() => {});

  const rulesOf = (trace: Trace) => validate(trace, { complete: false }).map(({ rule }) => rule);
  expect([continued, refused, lost].map(rulesOf)).toEqual([
    [],
    ['trace.run'],
    ['trace.run', 'module1.run_module.span'],
  ]);
});

describe('a finding', () => {
  test('says where, and what to do', () => {
    const trace = structuredClone(good);
    const span = trace.spans.find(({ name }) => name === 'expansion_evaluation');
    if (span) delete span.attributes['agento.verdict.pass'];

    expect(validate(trace, { complete: false })).toEqual([
      {
        rule: 'module3.expansion_evaluation.agento.verdict.pass',
        module: 3,
        span_id: span?.span_id,
        span_name: 'expansion_evaluation',
        detail: 'agento.verdict.pass is missing: it must be true or false',
      },
    ]);
  });

  test('is a trace without spans', () => {
    expect(validate(parseOtlpJson(''), { complete: true })).toEqual([
      { rule: 'trace.spans', module: null, span_id: '', span_name: '', detail: 'the trace has no spans' },
    ]);
  });

  test('is each module that a complete run lacks', () => {
    expect(validate(stoppedAfter(3), { complete: true }).map(({ rule }) => rule)).toEqual(
      chain.slice(3).map(({ number }) => `module${number}.run_module.span`),
    );
  });

  test('is a hop that was lost: it does not pass for an early stop', () => {
    const trace = structuredClone(good);
    trace.spans = trace.spans.filter((span) => (moduleOf(span) ?? 0) <= 3);

    expect(validate(trace, { complete: false }).map(({ rule, detail }) => [rule, detail])).toEqual([
      ['module4.run_module.span', 'it calls module 4, but run_module_4 of that call is not in the trace'],
    ]);
  });

  test('is not made of what cannot be: parents in a circle', () => {
    const trace = structuredClone(good);
    const [, request] = trace.spans;
    const chat = trace.spans.find(({ name }) => name.startsWith('chat '));
    if (request && chat) request.parent_span_id = chat.span_id;

    expect(validate(trace, { complete: true }).map(({ rule }) => rule)).toContain('module1.request.parent');
  });
});
