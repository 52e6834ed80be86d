import { describe, expect, test } from 'vitest';
import {
  compareLegacy,
  parseOtlpJson,
  type RecordedSpan,
  renderTree,
  type Trace,
  validate,
} from '../src/index.ts';
import { isOwn, moduleOf } from '../src/model.ts';

import { copied } from './copied.ts';
import { goodTrace, traceId } from './good-trace.ts';

const good = parseOtlpJson(goodTrace());
const named = (trace: Trace, name: string) => trace.spans.find((span) => span.name === name) as RecordedSpan;

/** Modules 3 and later once more, their output of module 2 fed in from a file: under run_module_2, without a request. */
function secondAttempt(): RecordedSpan[] {
  const later = good.spans.filter((span) => (moduleOf(span) ?? 0) >= 3);
  const request = later.find(({ name }) => name === 'request')?.span_id;
  const server = later.find(({ name }) => name === 'POST /run')?.span_id;
  const root = named(good, 'run_module_2').span_id;
  return copied(later.filter(({ span_id }) => span_id !== server && span_id !== request)).map((span) => ({
    ...span,
    parent_span_id: span.parent_span_id === request ? root : span.parent_span_id,
    attributes: {
      ...span.attributes,
      ...(isOwn(span) || span.name === 'POST' ? { 'agento.run.attempt': 2 } : {}),
    },
  }));
}

/** A run whose module 3 failed right away, and its second attempt. */
function twoAttempts(
  change: (attempts: { first: RecordedSpan[]; second: RecordedSpan[] }) => void = () => {},
): Trace {
  const first = structuredClone(good.spans.filter((span) => (moduleOf(span) ?? 0) <= 3));
  const root = first.find(({ name }) => name === 'run_module_3') as RecordedSpan;
  const failed = first.filter(
    (span) =>
      moduleOf(span) !== 3 ||
      [root.span_id, root.parent_span_id].includes(span.span_id) ||
      span.kind === 'SERVER',
  );
  const told = new Set<RecordedSpan>([root]);
  for (
    let at: RecordedSpan | undefined = root;
    at;
    at = failed.find(({ span_id }) => span_id === at?.parent_span_id)
  )
    told.add(at);
  for (const span of told) {
    span.status = { code: 'ERROR', message: 'The model answered 500' };
    span.attributes['error.type'] = 'model_unavailable';
    span.events.push({ name: 'exception', time: span.end, attributes: {} });
  }
  root.attributes['agento.span_count'] = 0;
  const second = secondAttempt();
  change({ first: failed, second });
  return { ...good, spans: [...failed, ...second] };
}

describe('of two attempts at a run in one trace', () => {
  test('each is judged by itself: the first failed, the second is complete with what it took over', () => {
    expect(validate(twoAttempts(), { complete: true })).toEqual([]);
  });

  test('a finding says which attempt it is about', () => {
    const trace = twoAttempts(({ second }) => {
      for (const span of second) if (span.name === 'quality_check') delete span.attributes['agent.name'];
    });

    expect(validate(trace, { complete: true })).toEqual([
      expect.objectContaining({ rule: 'module5.quality_check.agent.name', module: 5, attempt: 2 }),
      expect.objectContaining({ attempt: 2 }),
    ]);
  });

  test('what the second lacks is not made up for by the first', () => {
    const trace = twoAttempts(({ first, second }) => {
      const hop = second.find((span) => span.name === 'POST' && moduleOf(span) === 3) as RecordedSpan;
      second.splice(second.indexOf(hop), 1);
      first.push({ ...hop, attributes: { ...hop.attributes, 'agento.run.attempt': 1 } });
    });

    expect(validate(trace, { complete: true })).toContainEqual(
      expect.objectContaining({ rule: 'module3.hop.span', attempt: 2 }),
    );
  });

  test('each is shown under a heading of its own, with its own totals', () => {
    const text = renderTree(twoAttempts(), { color: false, all: true });
    const [before = '', first = '', second = ''] = text.split(/^attempt \d$/m);

    expect(before).toContain(`trace ${traceId}`);
    expect(first).toContain('run_module_1');
    expect(first).toMatch(/run_module_3 .* ERROR/);
    expect(first).not.toContain('run_module_4');
    expect(second).toContain(`run_module_3  `);
    expect(second).toContain(`under run_module_2 ${named(good, 'run_module_2').span_id}`);
    expect(second).not.toContain('ERROR');
    expect(first).not.toContain('module 5');
    expect(second).toMatch(/^module 5 +9 /m);
    const later = good.spans.filter(
      (span) => span.name.startsWith('chat ') && (moduleOf(span) ?? 0) >= 3,
    ).length;
    expect(text.trimEnd().split('\n').slice(-3)).toEqual([
      expect.stringMatching(/^attempt 1 +10 /),
      expect.stringMatching(new RegExp(`^attempt 2 +${later} `)),
      expect.stringMatching(new RegExp(`^all attempts +${10 + later} `)),
    ]);
  });

  test('a legacy file is held against the attempt it is of', () => {
    const capture = { name: 'capture.quality', time: 0n, attributes: {} };
    const ids: string[] = [];
    const trace = twoAttempts(({ first, second }) => {
      for (const spans of [first, second]) {
        const root = spans.find(({ name }) => name === 'run_module_3') as RecordedSpan;
        root.events.push(capture);
        ids.push(root.span_id);
      }
    });
    const steps = [{ stage: 'quality', span_id: ids[1], inputs: null, outputs: null }];
    const file = { run_id: 'r', trace_id: traceId, module: 3, omitted: 0, steps };

    expect(compareLegacy(JSON.stringify(file), trace).filter(({ stage }) => stage === 'quality')).toEqual([]);
  });
});

test('a trace without the attribute is one attempt, and says nothing of attempts', () => {
  expect(renderTree(good, { color: false, all: true })).not.toMatch(/^attempt/m);
});

describe('a circle of parents is a finding', () => {
  test.each([
    ['a span that is its own parent', ['search_agent', 'search_agent'], 'it is its own parent'],
    [
      'two spans that are each other’s',
      ['search_agent', 'plan_generation'],
      'it is in a cycle with 1 other span',
    ],
  ])('%s', (_name, [one = '', other = ''], detail) => {
    const trace = structuredClone(good);
    const [left, right] = [named(trace, one), named(trace, other)];
    left.parent_span_id = right.span_id;
    right.parent_span_id = left.span_id;

    expect(validate(trace, { complete: false }).filter(({ rule }) => rule === 'trace.circles')).toEqual([
      {
        rule: 'trace.circles',
        module: 1,
        span_id: left.span_id,
        span_name: 'search_agent',
        detail: expect.stringContaining(detail),
      },
    ]);
  });
});

test.each([
  ['a chain', 'step', (index: number) => index - 1],
  ['a chain of module runs', 'run_module_1', (index: number) => index - 1],
  ['as many children', 'step', () => 0],
  ['spans that are each their own parent', 'step', (index: number) => index],
  ['one circle', 'step', (index: number) => (index + 1) % 20_000],
])('%s of 20,000 spans is judged', (_name, name, parentOf) => {
  const id = (index: number) => (index < 0 ? '' : (index + 1).toString(16).padStart(16, '0'));
  const template = named(good, 'request');
  const spans = Array.from({ length: 20_000 }, (_, index) => ({
    ...template,
    name,
    span_id: id(index),
    parent_span_id: id(parentOf(index)),
  }));

  expect(validate({ ...good, spans }, { complete: false }).length).toBeGreaterThan(0);
});
