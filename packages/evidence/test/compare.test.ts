import { describe, expect, test } from 'vitest';
import {
  beginSet,
  compareRuns,
  compareSets,
  pageAsMarkdown,
  parseOtlpJson,
  type RunReading,
  readRuns,
  runComparisonPage,
  setComparisonPage,
  type Trace,
} from '../src/index.ts';
import { withoutContent } from './golden/index.ts';
import { recordedSummerText, recordedTrace } from './recorded/index.ts';

const read = (trace: Trace) => readRuns(trace)[0] as RunReading;
const first = read(recordedTrace());
const summer = read(parseOtlpJson(recordedSummerText()));
const shown = (before: RunReading, now: RunReading, most = 3) =>
  pageAsMarkdown(runComparisonPage(compareRuns(before, now), most));

describe('A comparison of two runs', () => {
  test('of the same content, one with content off, says what it could not compare, and that the rest is the same', () => {
    const text = shown(first, read(withoutContent(recordedTrace())));

    expect(text).toMatch(/^# The same but for ids and times, as far as both traces tell \(68 steps\)\n/);
    expect(text).toContain(
      'Content was switched off for now: prompts, answers, reasons and texts are not compared, only calls, decisions, verdicts and figures.',
    );
  });

  test('does not repeat a whole file that is its context now', () => {
    const line = shown(first, { ...first, context: 'word '.repeat(20_000) }).match(/.*word.*/)?.[0] ?? '';

    expect(line).toContain('word word');
    expect(line.length).toBeLessThan(1_500);
  });

  test('knows a criterion that has another number, and its verdicts, by its text', () => {
    const renamed = JSON.stringify(first, (_key, value) =>
      typeof value === 'string' ? value.replaceAll(/\bc7\b/g, 'c9') : value,
    ).replaceAll('"c7":', '"c9":');
    const { criteria, verdicts, decisions } = compareRuns(first, JSON.parse(renamed) as RunReading);

    expect(criteria.find(({ before }) => before === 'c7')).toMatchObject({ now: 'c9', match: 'the same' });
    expect(verdicts.filter(({ change }) => change.startsWith('only'))).toEqual([]);
    expect(decisions.find(({ key }) => key === 'criteria_selection')?.change).not.toBe('choice');
  });

  test('does not take a criterion for the same by its number alone, but where its words are nearly the same', () => {
    const { criteria } = compareRuns(first, summer);

    expect(
      criteria.filter(({ match }) => match !== 'the same').map((one) => [one.before, one.now, one.match]),
    ).toEqual([
      ['c3', null, 'only before'],
      ['k3', 'k3', 'reworded'],
      [null, 'c3', 'only now'],
    ]);
  });

  test('cuts its lists and says how many more there are, and names what only one run took', () => {
    const text = shown(first, summer);

    expect(text).toContain('- and 5 more (--md, --json)');
    expect(text).toContain('- decision attempt_acceptance p3-i3: original → attempt-2'.slice(2));
    expect(shown(first, summer, Number.POSITIVE_INFINITY)).not.toContain('more (--md, --json)');
  });

  test('follows a decision about a text to what used it, not to what judged it before', () => {
    const { decisions } = compareRuns(first, summer);
    const only = { ...first, decisions: first.decisions.filter(({ kind }) => kind === 'attempt_acceptance') };
    const other = {
      ...summer,
      decisions: summer.decisions.filter(({ kind }) => kind === 'attempt_acceptance'),
    };
    const { first_decision } = compareRuns(only, other);

    expect(decisions.filter(({ change }) => change === 'choice').map(({ key }) => key)).toEqual([
      'criteria_selection',
      'attempt_acceptance p3-i3',
    ]);
    expect(first_decision?.followed.both).toEqual([
      'm5/final_assembly/RevisionImplementer/p3',
      'm5/quality_check/QualityChecker/p3',
    ]);
  });
});

describe('A comparison of two sets', () => {
  const setOf = (runs: RunReading[]) => {
    const { add, set } = beginSet();
    for (const run of runs) add(run);
    return set;
  };
  const withScores = (goal: string, ...scores: number[]) =>
    scores.map((score): RunReading => ({ ...first, goal: { value: goal, state: 'whole' }, score }));
  const scoreOf = (before: RunReading[], now: RunReading[]) =>
    compareSets(setOf(before), setOf(now)).measures.find(({ name }) => name === 'score');

  test('calls it hardly chance where every run of now is better, and does so by goal', () => {
    const before = [...withScores('easy', 0.8, 0.9, 0.8), ...withScores('hard', 0.1, 0.2, 0.1)];
    const now = [...withScores('easy', 1, 1, 0.95), ...withScores('hard', 0.4, 0.3, 0.4)];

    expect(scoreOf(before, now)).toMatchObject({
      verdict: 'hardly chance',
      sure: 'hardly chance (p = 0.005)',
      before: { runs: 6, least: 0.1, most: 0.9 },
    });
  });

  test('says that it may be chance, or that there are too few runs to tell', () => {
    const mixed = [0.8, 0.6, 0.7, 0.9, 0.5];
    expect(scoreOf(withScores('g', ...mixed), withScores('g', 0.7, 0.8, 0.6, 0.9, 0.6))?.verdict).toBe(
      'may be chance',
    );
    expect(scoreOf(withScores('g', 0.1, 0.1), withScores('g', 1, 1))).toMatchObject({
      verdict: 'too few runs',
      sure: 'too few runs (p is at least 0.33)',
    });
  });

  test('counts decisions and outcomes by share, so that a larger set is not another one', () => {
    const published: RunReading = { ...first, outcome: 'published' };

    expect(compareSets(setOf([first]), setOf([first, first])).choices).toEqual([]);
    expect(compareSets(setOf([first, first]), setOf([first, published])).choices).toEqual([
      { goal: first.goal.value, key: 'outcome', before: { held: 2 }, now: { held: 1, published: 1 } },
    ]);
  });

  test('leaves runs out whose goal is not recorded, and says how many', () => {
    const bare: RunReading = { ...first, goal: { value: null, state: 'content off' } };
    const page = pageAsMarkdown(setComparisonPage(compareSets(setOf([first, bare]), setOf([first])), 3));

    expect(page).toContain('- before: 2 runs, 1 whose goal is not recorded, not tested');
    expect(page).toContain('(1 and 1)');
  });

  test('shows what became of a prompt that each set has in one version', () => {
    const steps = first.steps.map((step) =>
      step.agent !== 'PlanEvaluator' || step.prompt.value === null
        ? step
        : {
            ...step,
            prompt_version: '3.0.0',
            prompt: {
              ...step.prompt,
              value: step.prompt.value.map((message) => ({
                ...message,
                content: message.content.replace('impartial', 'lenient'),
              })),
            },
          },
    );
    const prompts = first.prompts.map((prompt) =>
      prompt.agent === 'PlanEvaluator' ? { ...prompt, version: '3.0.0' } : prompt,
    );
    const page = pageAsMarkdown(
      setComparisonPage(compareSets(setOf([first]), setOf([{ ...first, steps, prompts }])), 3),
    );

    expect(page).toContain('2.0.0 83bb9b15ddac (1) → 3.0.0 83bb9b15ddac (1)');
    expect(page).toContain('[-impartial-]{+lenient+}');
  });
});

describe('What only one of two runs has', () => {
  const other = (reading: Partial<RunReading>): RunReading => ({
    ...first,
    trace_id: 'f'.repeat(32),
    ...reading,
  });

  test('is said of a run held against itself: nothing, in one line', () => {
    expect(shown(first, first)).toMatch(/^# No difference: both are the same run \(68 steps\)\n/);
    expect(shown(first, other({}))).toMatch(/^# The same but for ids and times \(68 steps\)\n/);
  });

  test('is listed: verdicts with their results, plans and items', () => {
    const verdicts = first.verdicts.filter(({ id }) => id !== 'item_criterion p3-i2 c1');
    const items = first.items.filter(({ id }) => id !== 'p3-i6');
    const text = shown(first, other({ verdicts, items }));

    expect(text).toContain(
      '## Verdicts only before\n\n- item\\_criterion p3-i2 c1: fail 0.36\n'.replace('\\_', '_'),
    );
    expect(text).toContain('- only before: p3-i6\n');
    expect(shown(other({ verdicts, items }), first)).toContain('## Verdicts only now\n');
    expect(shown(other({ verdicts, items }), first)).toContain('- only now: p3-i6\n');
  });

  test('is no comparison of like with like where the goals are others, which is said first', () => {
    const goal = { ...first.goal, value: 'Open a repair café in a large town' };
    const text = shown(first, other({ goal }));

    expect(text).toMatch(
      /^# Different: the goal, requests and answers; both held 0\.8\n\n- goal: .*\\\[-small-\\\]\{\+large\+\} town\n- before: /,
    );
  });

  test('is which attempt, where there are several', () => {
    const [one, two] = [1, 2].map((run_attempt) => ({ ...first, run_attempt, run_attempts: [1, 2] }));
    const text = shown(one as RunReading, two as RunReading);

    expect(text).toMatch(/^# The same but for ids and times/);
    expect(text).toContain(`- before: ${first.run_id}, attempt 1 of 1, 2 (--attempt), `);
    expect(text).toContain(`- now: ${first.run_id}, attempt 2 of 1, 2 (--attempt), `);
  });

  test('is how many runs, and which are in both sets', () => {
    const setOf = (...runs: RunReading[]) => {
      const { add, set } = beginSet();
      for (const reading of runs) add(reading);
      return set;
    };
    const page = (before: RunReading[], now: RunReading[]) =>
      pageAsMarkdown(setComparisonPage(compareSets(setOf(...before), setOf(...now)), 3));
    const again = other({ run_id: 'another' });

    expect(page([first, again], [again, first])).toMatch(/^# No difference: both sets are the same 2 runs\n/);
    const uneven = page([first, again], [first]);
    expect(uneven).toMatch(/^# 2 runs before, 1 now: /);
    expect(uneven).toContain('- in both: 1 run: what is compared with itself says nothing\n');
    const goal = { ...first.goal, value: 'Bake bread' };
    expect(page([first], [other({ goal, run_id: 'bread' })])).toMatch(
      /^# 1 run before, 1 now: no goal, with the same context, is in both\n/,
    );
  });
});
