import { describe, expect, test } from 'vitest';
import {
  compareLegacy,
  parseOtlpJson,
  type RecordedSpan,
  renderTree,
  type Trace,
  totals,
  validate,
} from '../src/index.ts';
import { executionOf, isInterrupted, isOwn, moduleOf } from '../src/model.ts';
import { copied } from './copied.ts';
import { goldenTrace } from './golden/load.ts';

/** The golden trace of a run whose processes of modules 3 and 4 died, changed. */
function resumed(change: (spans: RecordedSpan[]) => RecordedSpan[] = (spans) => spans): Trace {
  const trace = goldenTrace('resumed');
  return { ...trace, spans: change(trace.spans) };
}

const isOf = (module: number, execution: number) => (span: RecordedSpan) =>
  moduleOf(span) === module && isOwn(span) && executionOf(span) === execution;
const about = (name: string, item: string, criterion?: string) => (span: RecordedSpan) =>
  span.name === name &&
  span.attributes['agento.item.id'] === item &&
  span.attributes['agento.criterion.id'] === criterion;

function rulesBrokenBy(trace: Trace, complete = true): string[] {
  return [...new Set(validate(trace, { complete }).map(({ rule }) => rule))];
}

/** What makes a span one that another process ended. */
function interrupt(span: RecordedSpan): void {
  span.status = { code: 'ERROR', message: 'Its process died' };
  span.events = [];
  span.attributes['agento.interrupted'] = true;
  span.attributes['error.type'] = 'interrupted';
}

describe('of a run that was resumed', () => {
  const lostItem = about('item_generation', 'p1-i2');

  test.each<[string, (spans: RecordedSpan[]) => RecordedSpan[], string]>([
    [
      'a span that was begun and that nobody ended is missed by what lies below it',
      (spans) => spans.filter((span) => !(isOf(3, 1)(span) && lostItem(span))),
      'trace.parents',
    ],
    [
      'a span without an end is found',
      (spans) => spans.map((span) => (isOf(3, 1)(span) && lostItem(span) ? { ...span, end: 0n } : span)),
      'encoding.times',
    ],
    [
      'a verdict of a lost execution does not make up for one that the last lacks',
      (spans) =>
        spans.filter((span) => !(isOf(3, 2)(span) && about('expansion_evaluation', 'p1-i1', 'c1')(span))),
      'module3.expansion_evaluation.span',
    ],
    [
      'a span of the lost execution does not count as one of the last',
      (spans) => {
        const [first, last] = [1, 2].map((execution) =>
          spans.find((span) => isOf(3, execution)(span) && span.name === 'plan_expansion'),
        );
        return spans.map((span) =>
          isOf(3, 1)(span) && about('item_generation', 'p1-i1')(span) && first && last
            ? { ...span, parent_span_id: last.span_id }
            : span,
        );
      },
      'module3.run_module.agento.span_count',
    ],
    [
      'a call from the journal is missed by the one that was recorded',
      (spans) =>
        spans.filter(
          (span) =>
            !(
              isOf(3, 1)(span) &&
              span.name.startsWith('chat ') &&
              span.links.length === 0 &&
              span.attributes['agento.item.id'] === 'p1-i1'
            ),
        ),
      'module3.chat.link.recorded_by',
    ],
    [
      'an execution that is missing is missed by the one that was resumed from it',
      (spans) => spans.filter((span) => !isOf(3, 1)(span)),
      'module3.run_module.link.resumed_from',
    ],
  ])('%s', (_name, change, rule) => {
    expect(rulesBrokenBy(resumed(change))).toContain(rule);
  });

  test('a finding says which execution it is about', () => {
    const trace = resumed();
    const chat = trace.spans.find((span) => isOf(3, 2)(span) && span.attributes['agento.journal'] === true);
    if (chat) chat.links = [];

    expect(validate(trace, { complete: true })).toEqual([
      {
        rule: 'module3.chat.link.recorded_by',
        module: 3,
        span_id: chat?.span_id,
        span_name: 'chat agento-offline-1',
        execution: 2,
        detail: 'it comes from the journal, and has no link recorded_by to the call that was recorded',
      },
    ]);
  });

  test('that ended there nothing is missed, unless it must be complete', () => {
    const trace = resumed((spans) =>
      spans.filter(
        (span) =>
          (moduleOf(span) ?? 0) <= 3 && !isOf(3, 2)(span) && span.attributes['agento.followed'] !== true,
      ),
    );
    for (const span of trace.spans.filter(({ name }) => /^(POST|request)/.test(name))) interrupt(span);

    expect(rulesBrokenBy(trace, false)).toEqual([]);
    expect(validate(trace, { complete: true })).toContainEqual(
      expect.objectContaining({
        rule: 'module3.run_module.continued',
        detail: 'it was interrupted, and no later execution has a run_module_3',
      }),
    );
  });

  test('that was stopped in good order nothing is missed', () => {
    const trace = resumed();
    for (const span of trace.spans.filter(isInterrupted)) {
      span.status = { code: 'UNSET', message: '' };
      span.attributes['error.type'] = 'suspended';
    }

    expect(validate(trace, { complete: true })).toEqual([]);
    expect(renderTree(trace, { color: false, all: true })).toContain('run_module_3 execution 1 (suspended)');
  });

  test('that was taken over unawares nothing is missed: nobody could know of its span', () => {
    const trace = resumed();
    const [next] = trace.spans.filter((span) => isOf(3, 2)(span) && span.name === 'run_module_3');
    const lost = trace.spans.find((span) => isOf(3, 1)(span) && span.name === 'run_module_3');
    if (next) next.links = next.links.filter(({ span_id }) => span_id !== lost?.span_id);
    expect(rulesBrokenBy(trace)).toEqual(['module3.run_module.link.resumed_from']);

    for (const span of trace.spans.filter(isInterrupted)) span.attributes['error.type'] = 'taken_over';
    expect(validate(trace, { complete: true })).toEqual([]);
    expect(renderTree(trace, { color: false })).toContain('run_module_3 execution 1 (taken over)');
  });

  test('whose first execution died before it began a span nothing is missed', () => {
    const trace = goldenTrace('published');
    for (const span of trace.spans) {
      if (moduleOf(span) === 3 && isOwn(span)) span.attributes['agento.run.execution'] = 2;
    }

    expect(validate(trace, { complete: true })).toEqual([]);
  });

  test('a request that was answered at once does not show how its run ended', () => {
    const trace = goldenTrace('failed');
    const [server] = trace.spans;
    if (server) {
      server.status = { code: 'UNSET', message: '' };
      server.end = server.start + 1n;
      server.attributes['http.response.status_code'] = 202;
    }

    expect(validate(trace, { complete: false })).toEqual([]);
  });

  test('a request in another trace that followed the run has none of its own', () => {
    const trace = resumed();
    const server = trace.spans.findLast(
      ({ kind, attributes }) => kind === 'SERVER' && attributes['agento.followed'] === true,
    );
    const spans = trace.spans.filter((span) => span === server || span.parent_span_id === server?.span_id);
    if (server) server.parent_span_id = '';

    expect(validate({ ...trace, spans }, { complete: false })).toEqual([]);
  });
});

/** A run whose module 3 was executed again only because its evidence was lost: module 4 is based on the first. */
function madeAgain(change: (first: RecordedSpan) => void = () => {}): Trace {
  const trace = goldenTrace('published');
  const first = trace.spans.filter((span) => moduleOf(span) === 3 && isOwn(span));
  for (const span of first) span.attributes['agento.run.execution'] = 1;
  const second = copied(first.filter(({ name }) => name !== 'POST'));
  for (const [index, span] of second.entries()) {
    span.attributes['agento.run.execution'] = 2;
    const original = first.filter(({ name }) => name !== 'POST')[index];
    const linked = (relationship: string) =>
      span.links.push({
        trace_id: trace.trace_id,
        span_id: original?.span_id ?? '',
        attributes: { relationship },
      });
    if (span.name === 'run_module_3') linked('resumed_from');
    if (!span.name.startsWith('chat ')) continue;
    span.attributes['agento.journal'] = true;
    linked('recorded_by');
  }
  for (const span of first) change(span);
  return { ...trace, spans: [...trace.spans, ...second] };
}

describe('where a module was executed again to make lost evidence', () => {
  test('links of later modules into the first execution stand for the second', () => {
    expect(validate(madeAgain(), { complete: true })).toEqual([]);
  });

  test('so do links to spans of it that were lost', () => {
    const lost = madeAgain((span) => {
      if (span.name !== 'run_module_3' && !/^(item|expansion)_/.test(span.name)) return;
      interrupt(span);
      for (const key of Object.keys(span.attributes)) {
        if (/^(ai\.|agento\.(verdict|link|section|plan\.section|span_count)|gen_ai\.evaluation)/.test(key))
          delete span.attributes[key];
      }
    });

    expect(validate(lost, { complete: true })).toEqual([]);
  });

  test('no call counts twice, and none was made in vain', () => {
    const { all, modules, in_vain } = totals(madeAgain());

    expect(all).toEqual(totals(goldenTrace('published')).all);
    expect(modules[3]?.calls).toBe(12);
    expect(in_vain.calls).toBe(0);
  });
});

test('a call that was refused in one form and answered in another is two, and no finding', () => {
  const trace = goldenTrace('published');
  const chat = trace.spans.find((span) => isOf(2, 1)(span) && span.name.startsWith('chat '));
  if (!chat) throw new Error('no call');
  const refused = {
    ...chat,
    span_id: 'cccccccccccccccc',
    status: { code: 'ERROR' as const, message: '400' },
  };
  const spans = [...trace.spans, refused];

  expect(rulesBrokenBy({ ...trace, spans })).not.toContain('module2.chat.call_key');
  expect([totals({ ...trace, spans }).all.calls, totals({ ...trace, spans }).in_vain.calls]).toEqual([
    totals(trace).all.calls + 1,
    0,
  ]);
});

describe('of a run that ended before its evidence was safe', () => {
  test('a lost call of the next module does not make a failure of it', () => {
    const trace = goldenTrace('resumed');
    const [call] = trace.spans.filter((span) => isOf(4, 2)(span) && span.name === 'POST');
    const below = trace.spans.filter(({ parent_span_id }) => parent_span_id === call?.span_id);
    const gone = new Set(below.flatMap(({ span_id }) => [span_id]));
    const spans = trace.spans.filter(
      (span) => span !== call && !gone.has(span.span_id) && !gone.has(span.parent_span_id),
    );

    expect(validate({ ...trace, spans }, { complete: true })).toEqual([]);
  });

  test('a lost run_module_N is not missed where the run failed after it', () => {
    const trace = goldenTrace('failed');
    const root = trace.spans.find(({ name }) => name === 'run_module_2');
    if (root) interrupt(root);

    expect(validate(trace, { complete: false })).toEqual([]);
  });
});

test('a call counts once, and what was asked in vain is shown beside the sums', () => {
  const { all, in_vain } = totals(resumed());

  expect(all).toEqual(totals(goldenTrace('published')).all);
  expect(in_vain).toMatchObject({ calls: 2, input_tokens: 100, output_tokens: 20, calls_without_usage: 1 });
  expect(renderTree(resumed(), { color: false, all: true })).toMatch(/^besides, in vain +2 +≥ 100 +≥ 20 /m);
});

describe('a resumed run is shown', () => {
  const lines = (executions: boolean) =>
    renderTree(resumed(), { color: false, all: true, executions })
      .split('\n')
      .map((line) => line.replace(/^[ │├└─]*/, '').replace(/ {2}\d+(\.\d)? ms/, ''));

  test('with its executions, the lost ones on a line each', () => {
    const folded = lines(false);
    expect(folded.filter((line) => / (execution \d|\((interrupted|followed)\))/.test(line))).toEqual([
      'POST /run (interrupted)  Agento-Module-3',
      'request (interrupted)',
      'run_module_3 execution 1 (interrupted)  PlanExpander  11 spans not shown',
      'run_module_3 execution 2  PlanExpander',
      'POST execution 2  PlanExpander',
      'POST /run (interrupted)  Agento-Module-4',
      'request (interrupted)',
      'run_module_4 execution 1  DeficiencyIdentifier',
      'POST execution 1 (interrupted)  DeficiencyIdentifier',
      'POST execution 2  DeficiencyIdentifier',
      'POST /run (followed)  Agento-Module-5',
      'request (followed)',
      'POST /run (followed)  Agento-Module-4',
      'request (followed)',
      'POST /run (followed)  Agento-Module-3',
      'request (followed)',
    ]);
    expect(folded).toContain(
      'chat agento-offline-1 (from the journal)  ItemExpander  item p1-i1  plan p1  100 → 20 tokens',
    );
    expect(folded.some((line) => line.startsWith('gap:'))).toBe(false);
  });

  test('with all of the lost ones where that is wanted', () => {
    const [folded, whole] = [lines(false), lines(true)];

    expect(whole).toHaveLength(folded.length + 11);
    expect(whole).toContain('item_generation (interrupted)  ItemExpander  item p1-i2  plan p1');
  });
});

test('of a span that arrives whole and interrupted, in either order, the whole one is kept', () => {
  const span = (more: object) => ({
    traceId: '5b8efff798038103d269b633813fc60c',
    spanId: 'eee19b7ec3c1b174',
    name: 'work',
    startTimeUnixNano: '1544712660000000000',
    endTimeUnixNano: '1544712661000000000',
    ...more,
  });
  const attributes = (type: string) => [
    { key: 'agento.interrupted', value: { boolValue: true } },
    { key: 'error.type', value: { stringValue: type } },
  ];
  const whole = span({ attributes: [{ key: 'size', value: { intValue: '1' } }] });
  const lost = span({ kind: 'what', attributes: attributes('interrupted') });
  const stopped = span({ attributes: attributes('suspended') });
  const kept = (...spans: object[]) => {
    const trace = parseOtlpJson(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
    return [trace.spans.map(({ attributes }) => attributes), trace.encoding_problems.length];
  };

  expect(kept(lost, whole)).toEqual([[{ size: 1 }], 0]);
  expect(kept(whole, lost)).toEqual([[{ size: 1 }], 0]);
  expect(kept(lost, stopped)).toEqual([[{ 'agento.interrupted': true, 'error.type': 'suspended' }], 0]);
  expect(kept(lost)).toEqual([[{ 'agento.interrupted': true, 'error.type': 'interrupted' }], 1]);
});

test('the golden run has what the tests of it rely on: lost spans that end before what lies below them', () => {
  const { spans } = resumed();
  const lost = spans.filter(isInterrupted);
  const outlived = lost.filter((span) =>
    spans.some((other) => other.parent_span_id === span.span_id && other.end > span.end),
  );

  expect([lost.length, outlived.length]).toEqual([11, 10]);
});

test('a legacy file is held against the execution it is of', () => {
  const trace = resumed();
  const capture = { name: 'capture.extra', time: 0n, attributes: {} };
  const [, last] = [1, 2].map((execution) => {
    const root = trace.spans.find((span) => isOf(3, execution)(span) && span.name === 'run_module_3');
    root?.events.push(capture);
    return root?.span_id;
  });
  const steps = [{ stage: 'extra', span_id: last, inputs: null, outputs: null }];
  const file = { run_id: 'r', trace_id: trace.trace_id, module: 3, omitted: 0, steps };

  const differences = compareLegacy(JSON.stringify(file), trace);
  expect(differences.filter(({ stage }) => stage === 'extra')).toEqual([]);
});
