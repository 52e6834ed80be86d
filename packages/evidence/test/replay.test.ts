import { redactedMark } from '@agento/contracts';
import { describe, expect, test } from 'vitest';
import {
  planReplay,
  type RecordedSpan,
  recordedRun,
  renderTree,
  type Trace,
  totals,
  validate,
} from '../src/index.ts';
import { moduleOf } from '../src/model.ts';
import { goldenTrace, withoutContent } from './golden/index.ts';

const brief = { goal: 'Take our choir on an international tour', context: 'Our savings are €12,000.' };

/** A golden trace whose first step was shown goal and context as steps are; changed. */
function recorded(
  change: (spans: RecordedSpan[]) => RecordedSpan[] = (spans) => spans,
  name: Parameters<typeof goldenTrace>[0] = 'published',
): Trace {
  const trace = structuredClone(goldenTrace(name));
  const search = named(trace.spans, 'search_agent');
  const messages = [
    { role: 'system', content: '# SearchAgent' },
    { role: 'user', content: `<input>\n${JSON.stringify(brief)}\n</input>` },
  ];
  const prompt = JSON.stringify(messages);
  search.attributes['ai.prompt'] = prompt;
  for (const event of search.events) if (event.name === 'full_prompt') event.attributes.text = prompt;
  return { ...trace, spans: change(trace.spans) };
}

function named(spans: RecordedSpan[], name: string): RecordedSpan {
  const span = spans.find((other) => other.name === name);
  if (!span) throw new Error(`no span ${name}`);
  return span;
}

const callOf = (spans: RecordedSpan[], key: string) =>
  spans.find(({ attributes }) => attributes['agento.call.key'] === key) as RecordedSpan;
const plan = (trace: Trace, from: string, journal: Parameters<typeof planReplay>[2] = null) =>
  planReplay(recordedRun([trace]), from, journal);
const keysOf = (calls: { key: string }[]) => calls.map(({ key }) => key).sort();

const search = 'm1/search_agent/SearchAgent';
const evaluator = 'm2/plan_evaluation/PlanEvaluator';

describe('Of a run that is replayed from a step on', () => {
  test('the calls before it are given again whatever is asked, those after it where the request is the same.', () => {
    const { from, given, after, calls, lacking, ...shown } = plan(recorded(), 'plan_evaluation');

    expect([from, lacking, shown.goal, shown.context]).toEqual([[evaluator], [], brief.goal, brief.context]);
    expect(given.map(({ place }) => place.step.name).sort()).toEqual([
      'constraint_extraction',
      'criteria_evaluation',
      'criteria_generation',
      'plan_generation',
      'plan_generation',
      'plan_generation',
      'search_agent',
    ]);
    expect(after.every(({ recorded }) => recorded.place.module > 2)).toBe(true);
    const byKey = calls.filter(({ request }) => request === undefined);
    expect(keysOf(byKey)).toEqual(keysOf(given));
    expect(calls.length).toBe(given.length + after.length);
  });

  test.each([
    ['an object', { query: 'repair cafés' }],
    ['the text that older traces have', '{"query":"repair cafés"}'],
  ])("arguments of a tool's call are read as the text that was answered, from %s.", (_form, given) => {
    const trace = recorded((spans) => {
      callOf(spans, search).attributes['gen_ai.output.messages'] = JSON.stringify([
        {
          role: 'assistant',
          parts: [{ type: 'tool_call', id: 'call-1', name: 'web_search', arguments: given }],
        },
      ]);
      return spans;
    }, 'web-search');

    const { calls } = plan(trace, 'criteria_generation');

    expect(calls.find(({ key }) => key === search)?.answer.tool_calls).toEqual([
      { id: 'call-1', name: 'web_search', arguments: '{"query":"repair cafés"}' },
    ]);
  });

  test('what was asked beside it is independent of it, too.', () => {
    const key = 'm3/item_generation/ItemExpander/p1/p1-i1';
    const trace = recorded((spans) => {
      const items = spans.filter(({ name }) => name === 'item_generation');
      for (const item of items) item.start = items[0]?.start ?? 0n;
      return spans;
    });
    const { asked, given } = plan(trace, key);

    expect(keysOf(asked)).toEqual([key]);
    expect(given.filter(({ place }) => place.step.name === 'item_generation')).toHaveLength(2);
    expect(given.some(({ place }) => place.step.name === 'expansion_evaluation')).toBe(false);
  });

  test('every call of a step of that name is asked anew.', () => {
    expect(keysOf(plan(recorded(), 'plan_generation').asked)).toEqual([
      'm2/plan_generation/AmbitiousPlanner/p3',
      'm2/plan_generation/BalancedPlanner/p1',
      'm2/plan_generation/LeanPlanner/p2',
    ]);
  });

  test('a run whose processes died is replayed from what its last executions say.', () => {
    const { given, after, lacking } = plan(recorded(undefined, 'resumed'), 'plan_evaluation');

    expect([lacking, given.length, after.filter(({ call }) => call === null)]).toEqual([[], 7, []]);
  });

  test('a run that failed is replayed from the step that failed.', () => {
    const trace = recorded(undefined, 'failed');
    const failing = trace.spans.find(({ name, status }) => /^chat/.test(name) && status.code === 'ERROR');
    const key = String((failing ?? callOf(trace.spans, evaluator)).attributes['agento.call.key']);

    expect(plan(trace, key.replace(/\/call-\d+$/, '')).lacking).toEqual([]);
  });
});

describe('Of a run with several attempts', () => {
  /** A second attempt that began in module 3, and came no further. */
  const twice = () =>
    recorded((spans) => {
      const again = spans
        .filter((span) => moduleOf(span) === 3)
        .map((span) => {
          const named = (id: string) => (id === '' ? id : `f${id.slice(1)}`);
          const copy = structuredClone(span);
          copy.span_id = named(copy.span_id);
          if (copy.name.startsWith('run_module_'))
            copy.status = { code: 'ERROR', message: 'The model failed' };
          if (copy.name !== 'POST /run') copy.parent_span_id = named(copy.parent_span_id);
          copy.attributes['agento.run.attempt'] = 2;
          return copy;
        });
      return [...spans, ...again];
    });

  test('the newest that finished is replayed, or the one that is named.', () => {
    const { attempt, attempts } = recordedRun([twice()]);
    expect([attempt, attempts]).toEqual([1, [1, 2]]);

    const second = recordedRun([twice()], undefined, 2);
    expect([second.attempt, second.modules.map(({ attempt }) => attempt)]).toEqual([2, [1, 1, 2]]);
    expect(() => recordedRun([twice()], undefined, 3)).toThrow(
      'The run has no attempt 3 in the trace: it has 1, 2.',
    );
  });
});

describe('What a trace does not hold whole', () => {
  const withSecret = () =>
    recorded((spans) => {
      const chat = callOf(spans, search);
      const text = String(chat.attributes['gen_ai.output.messages']);
      chat.attributes['gen_ai.output.messages'] = text.replace(/"content":"/, `"content":"${redactedMark} `);
      return spans;
    });

  test('is named with its span: a secret was removed.', () => {
    const { lacking, calls } = plan(withSecret(), 'plan_evaluation');
    const { span_id } = callOf(withSecret().spans, search);

    expect(lacking).toEqual([
      `The answer to ${search} cannot be used again, since a secret was removed from it (span ${span_id}, chat agento-offline-1).`,
    ]);
    expect(keysOf(calls)).not.toContain(search);
  });

  test('is taken from the journal of the run where that has it.', () => {
    const answer = { content: '{}', finish_reason: 'stop', model: 'm', provider: 'p' };
    const span = { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) };
    const call = { key: search, request: 'c'.repeat(64), span, answer };
    const { lacking, calls } = plan(withSecret(), 'plan_evaluation', {
      ...brief,
      calls: [{ attempt: 1, call }],
    });

    expect(lacking).toEqual([]);
    expect(calls.find(({ key }) => key === search)).toMatchObject({ answer });
    expect(calls.find(({ key }) => key === search)).not.toHaveProperty('request');
  });

  test('after the step is asked anew, and so refuses nothing.', () => {
    const { lacking, after } = plan(withSecret(), search);
    const last = 'm5/quality_check/QualityChecker/p1';
    const shed = recorded((spans) => {
      const chat = callOf(spans, last);
      delete chat.attributes['gen_ai.output.messages'];
      return spans;
    });

    expect([lacking, after.every(({ call }) => call !== null)]).toEqual([[], true]);
    const left = plan(shed, 'plan_evaluation').after.filter(({ call }) => call === null);
    expect(left.map(({ recorded }) => recorded.key)).toEqual([last]);
  });

  test('is all of it where content was switched off.', () => {
    const { lacking } = plan(withoutContent(goldenTrace('published')), 'plan_evaluation');

    expect(lacking).toHaveLength(8);
    expect(lacking[0]).toMatch(
      /^The answer to m1\/\S+ cannot be used again, since content was switched off when it was recorded \(span [0-9a-f]{16}, chat agento-offline-1\)\.$/,
    );
  });
});

describe('A sentence says why a run cannot be replayed:', () => {
  test.each<[string, () => Trace, string, RegExp]>([
    [
      'it has no such step',
      recorded,
      'plan_assessment',
      /^The run has no step "plan_assessment" that asked a model\. It has search_agent, .*agento\.call\.key/,
    ],
    [
      'the step asks no model',
      recorded,
      'plan_selection',
      /^The run has no step "plan_selection" that asked a model/,
    ],
    [
      'the trace is not of Agento',
      () =>
        recorded((spans) =>
          spans.map((span) => ({
            ...span,
            name: 'work',
            resource: { 'service.name': 'shop' },
            scope: { name: 's', version: '' },
          })),
        ),
      'plan_evaluation',
      /^The trace has no span of Agento’s modules: only runs of Agento can be replayed\.$/,
    ],
    [
      'it goes on in a later module',
      () => recorded((spans) => spans.filter((span) => (moduleOf(span) ?? 0) < 3)),
      'plan_evaluation',
      /^The run has not ended: module 2 handed it on, and run_module_3 is not in the trace\. Replay it when it has\.$/,
    ],
    [
      'it is in its first module',
      () => recorded((spans) => spans.filter(({ name }) => /^(search_agent|chat )/.test(name)).slice(0, 2)),
      'search_agent',
      /^The run has not ended, or its first module is not in the trace/,
    ],
    [
      'spans before the step are lost',
      () =>
        recorded((spans) =>
          spans.filter((span) => span !== callOf(spans, 'm1/criteria_generation/CriteriaGenerator')),
        ),
      'plan_evaluation',
      /^The trace is incomplete: 1 of the \d+ spans of run_module_1 [0-9a-f]{16} are not in the trace/,
    ],
    [
      'there are two in the trace',
      () =>
        recorded((spans) => [
          ...spans,
          {
            ...named(spans, 'run_module_1'),
            span_id: 'c'.repeat(16),
            attributes: { 'agento.run.id': 'another' },
          },
        ]),
      'plan_evaluation',
      /^The trace holds 2 runs: name one by its id, /,
    ],
  ])('%s.', (_why, trace, from, sentence) => {
    expect(() => plan(trace(), from)).toThrow(sentence);
  });
});

describe('Of a run that is a replay', () => {
  const other = { trace_id: 'd'.repeat(32), span_id: 'e'.repeat(16) };
  /** Every call but one is given again. */
  const replayed = () =>
    recorded((spans) => {
      for (const span of spans) {
        if (span.name.startsWith('run_module_'))
          Object.assign(span.attributes, {
            'agento.replay.run_id': '0190a3c2-7f1e-7c3a-9d35-0242ac120099',
            'agento.replay.from': [evaluator],
          });
        if (!span.name.startsWith('chat ') || span.attributes['agento.call.key'] === evaluator) continue;
        span.attributes['agento.replayed'] = true;
        span.attributes['gen_ai.usage.input_tokens'] = 0;
        span.attributes['gen_ai.usage.output_tokens'] = 0;
        span.links = [{ ...other, attributes: { relationship: 'replayed_from' } }];
      }
      return spans;
    });

  const others = ({ spans }: Trace) => spans.filter(({ name }) => name.startsWith('chat ')).length - 1;

  test('nothing is found wrong, and nothing that was replayed is counted as paid.', () => {
    const trace = replayed();
    const made = callOf(trace.spans, evaluator).attributes;

    expect(validate(trace, { complete: true })).toEqual([]);
    expect(totals(trace)).toMatchObject({
      all: { calls: 1, input_tokens: made['gen_ai.usage.input_tokens'] },
      replayed: others(trace),
    });
    expect(Object.keys(totals(trace).agents)).toEqual(['PlanEvaluator']);
  });

  test('the tree marks what was replayed, and its totals say how much that was.', () => {
    const tree = renderTree(replayed(), { color: false, all: true });

    expect(tree.match(/chat agento-offline-1 \(replayed\)/g)).toHaveLength(others(replayed()));
    expect(tree).toContain(`${others(replayed())} more calls were replayed, and cost nothing`);
  });
});
