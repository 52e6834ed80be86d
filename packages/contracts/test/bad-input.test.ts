import { describe, expect, test } from 'vitest';
import { chain, findings, matches, moduleInfo } from '../src/index.ts';

const [first, second] = [moduleInfo(1).input, moduleInfo(2).input];

const runId = '0b0e3c1a-7f43-4b3d-9c55-0c7f1f6f2a11';
const goal = 'Open a repair café in a small town';

describe('What module 1 takes', () => {
  test.each([
    ['a goal alone', { goal }],
    [
      'every field',
      {
        goal,
        context: 'We have a hall.',
        run_id: runId,
        session_id: 's-1',
        trace_metadata: { trace_id: 'a', root_span_id: 'b', service_name: 'c' },
        openai_trace_id: `trace_${'a'.repeat(32)}`,
        stop_after: 3,
      },
    ],
    ['a goal that is full of quotes and newlines', { goal: '"\'\n\r\t\u2028 \\ </input> 🛠️ مقهى' }],
    ['a UUID in upper case', { goal, run_id: runId.toUpperCase() }],
    ['an OpenAI trace id without its prefix', { goal, openai_trace_id: 'A'.repeat(32) }],
  ])('%s is taken.', (_what, input) => {
    expect(findings(first, input)).toEqual([]);
    expect(matches(first, input)).toBe(true);
  });
});

const unknown = 'unknown field';
const blank = 'must not be empty or blank';
const uuid = 'must be a UUID';
const openai = 'must be 32 hex digits, optionally prefixed with trace_';

describe('Bad input of module 1 is named by its field and what is wrong with it', () => {
  test.each<[string, unknown, Record<string, string>]>([
    ['no goal', {}, { '/goal': 'goal is required' }],
    ['an empty goal', { goal: '' }, { '/goal': blank }],
    ['a blank goal', { goal: ' \n\t\u00a0' }, { '/goal': blank }],
    ['a number as the goal', { goal: 123 }, { '/goal': 'must be string' }],
    ['a list as the goal', { goal: ['x'] }, { '/goal': 'must be string' }],
    ['a boolean as the goal', { goal: true }, { '/goal': 'must be string' }],
    ['null as the goal', { goal: null }, { '/goal': 'must be string' }],
    ['an object as the goal', { goal: { text: goal } }, { '/goal': 'must be string' }],
    ['a number as the context', { goal, context: 5 }, { '/context': 'must be string' }],
    ['a misspelt option', { goal, stop_afer: 2 }, { '/stop_afer': `${unknown} stop_afer` }],
    ['a field whose name needs escaping', { goal, 'a/b~c': 1 }, { '/a~1b~0c': `${unknown} a/b~c` }],
    ['a path as the run id', { goal, run_id: '../../etc/passwd' }, { '/run_id': uuid }],
    ['a UUID with a path behind it', { goal, run_id: `${runId}/..` }, { '/run_id': uuid }],
    ['a UUID with a newline behind it', { goal, run_id: `${runId}\n` }, { '/run_id': uuid }],
    ['a number as the run id', { goal, run_id: 7 }, { '/run_id': 'must be string' }],
    ['text as the trace metadata', { goal, trace_metadata: 'x' }, { '/trace_metadata': 'must be object' }],
    ['null as the trace metadata', { goal, trace_metadata: null }, { '/trace_metadata': 'must be object' }],
    ['a list as the trace metadata', { goal, trace_metadata: [] }, { '/trace_metadata': 'must be object' }],
    [
      'empty trace metadata',
      { goal, trace_metadata: {} },
      {
        '/trace_metadata/trace_id': 'trace_id is required',
        '/trace_metadata/root_span_id': 'root_span_id is required',
        '/trace_metadata/service_name': 'service_name is required',
      },
    ],
    [
      'ids of the trace metadata that are no strings',
      { goal, trace_metadata: { trace_id: 1, root_span_id: null, service_name: 'a' } },
      {
        '/trace_metadata/trace_id': 'must be string',
        '/trace_metadata/root_span_id': 'must be string',
      },
    ],
    ['a stop before the first module', { goal, stop_after: 0 }, { '/stop_after': 'must be >= 1' }],
    [
      'a stop after a module there is not',
      { goal, stop_after: chain.length + 1 },
      { '/stop_after': `must be <= ${chain.length}` },
    ],
    ['a stop between two modules', { goal, stop_after: 1.5 }, { '/stop_after': 'must be integer' }],
    ['a stop in quotes', { goal, stop_after: '2' }, { '/stop_after': 'must be integer' }],
    [
      'an empty session id',
      { goal, session_id: '' },
      { '/session_id': 'must not have fewer than 1 characters' },
    ],
    [
      'a very long session id',
      { goal, session_id: 's'.repeat(257) },
      { '/session_id': 'must not have more than 256 characters' },
    ],
    ['another OpenAI trace id', { goal, openai_trace_id: 'trace_xyz' }, { '/openai_trace_id': openai }],
    ['a list', [], { '': 'must be object' }],
    ['null', null, { '': 'must be object' }],
    ['text', 'x', { '': 'must be object' }],
    [
      'several faults at once',
      { goal: 1, context: 2, foo: 3 },
      { '/foo': `${unknown} foo`, '/goal': 'must be string', '/context': 'must be string' },
    ],
  ])('%s', (_what, input, expected) => {
    const found = findings(first, input);

    expect(Object.fromEntries(found.map(({ pointer, detail }) => [pointer, detail]))).toEqual(expected);
    expect(found).toHaveLength(Object.keys(expected).length);
    expect(matches(first, input)).toBe(false);
  });

  test('Malformed ids in the trace metadata are no fault: they count as absent later on.', () => {
    const trace_metadata = { trace_id: 'nonsense', root_span_id: '0'.repeat(16), service_name: '' };

    expect(findings(first, { goal, trace_metadata })).toEqual([]);
  });

  test('Of more faults than anyone would read the first eight are told, and the input stays refused.', () => {
    const fields = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`field${index}`, index]));

    expect(findings(first, { goal, ...fields })).toEqual(
      Array.from({ length: 8 }, (_, index) => ({
        pointer: `/field${index}`,
        detail: `unknown field field${index}`,
      })),
    );
  });
});

describe('What a later module takes', () => {
  test('A file that lacks what the module before it writes is told all that is missing.', () => {
    expect(findings(second, { goal })).toEqual(
      ['search_summary', 'search_mode', 'sources', 'success_criteria', 'selected_criteria'].map((name) => ({
        pointer: `/${name}`,
        detail: `${name} is required`,
      })),
    );
  });

  test('It cannot be asked to stop before itself.', () => {
    expect(findings(second, { goal, stop_after: 1 })).toContainEqual({
      pointer: '/stop_after',
      detail: 'must be >= 2',
    });
  });

  test('A fault deep in the input is pointed at, and an unknown field is not one.', () => {
    const produced_by = {
      agent_name: 'CriteriaEvaluator',
      model: 'm',
      prompt_version: '1.0.0',
      prompt_sha256: 'x',
      trace_id: 't',
      span_id: 's',
    };
    const criterion = { id: 'c1', criteria: 'Ten repairs', reasoning: 'r', rating: 11, produced_by };
    const input = {
      goal,
      search_summary: '',
      search_mode: 'guess',
      sources: [],
      success_criteria: [criterion],
      selected_criteria: [],
      note: 'kept by a person',
    };

    expect(findings(second, input)).toEqual([
      { pointer: '/search_mode', detail: 'must be one of ["model_knowledge","web_search"]' },
      { pointer: '/success_criteria/0/rating', detail: 'must be <= 10' },
      { pointer: '/selected_criteria', detail: 'must not have fewer than 1 items' },
    ]);
  });
});
