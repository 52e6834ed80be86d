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
