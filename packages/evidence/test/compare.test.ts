import { describe, expect, test } from 'vitest';
import {
  compareRuns,
  pageAsMarkdown,
  parseOtlpJson,
  type RunReading,
  readRuns,
  runComparisonPage,
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
