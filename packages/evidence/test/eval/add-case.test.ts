import { describe, expect, test } from 'vitest';
import { caseOf, readSuite, sameCase, withCase } from '../../src/eval/index.ts';
import { type RunReading, readRuns } from '../../src/index.ts';
import { recordedTrace } from '../recorded/index.ts';

const [read] = readRuns(recordedTrace());
if (!read) throw new Error('the recorded trace has no run');
const recorded: RunReading = read;

describe('A case made of a run', () => {
  test('asks of a run that failed only that a later one comes to its end', () => {
    for (const outcome of ['failed', 'cancelled', 'interrupted', 'unfinished'] as const) {
      const { checks = [] } = caseOf({ ...recorded, outcome, score: null }, 'cafe');
      expect(checks.filter((check) => check.outcome !== undefined)).toEqual([]);
      expect(readSuite(withCase('', 'town', caseOf({ ...recorded, outcome }, 'cafe'))).findings).toEqual([]);
    }
    expect(caseOf(recorded, 'cafe').checks).toContainEqual({ outcome: ['held'] });
  });

  test('is not made where a prompt is not whole, so that a context is not taken over cut', () => {
    const [first, ...rest] = recorded.steps.filter(({ model }) => model !== null);
    if (!first) throw new Error('no step asked a model');
    const shed = { ...first, input: undefined, prompt: { value: null, state: 'shed' as const } };
    expect(() => caseOf({ ...recorded, steps: [shed, ...rest] }, 'cafe')).toThrow(
      `The trace does not hold every prompt whole (${first.name}, shed)`,
    );
    expect(() => caseOf({ ...recorded, steps: [] }, 'cafe')).toThrow('No step of the run asked a model');
  });

  test('is known again by what it asks', () => {
    const { suite } = readSuite(withCase('', 'town', caseOf(recorded, 'cafe')));
    if (!suite) throw new Error('it is no suite');
    expect(sameCase(suite, caseOf(recorded, 'other'))).toBe('cafe');
    expect(sameCase(suite, { ...caseOf(recorded, 'other'), goal: 'Found a choir' })).toBe(null);
  });
});

test('A case is put behind the others, and every other line stays as it is written', () => {
  const added = { id: 'band', goal: 'Found a "band": #1', context: 'one\ntwo\n' };
  const before = `# For a real model.
suite:   town
goals:
    - id: cafe
      context: >-
        We are five volunteers. The town library lends us a room on Saturdays. We have 1,200 euros. Nobody may repair
        mains-powered devices.
      goal: Open a café   # the oldest
      checks: [ {must: "a"},   {outcome:  [held]} ]


    - {id: choir,
       goal: 'Found a choir'}   # in brackets
`;
  const after = `# the end\ncompare:\n  - metric:   items\n`;
  const changed = withCase(before + after, 'town', added);
  expect(changed.startsWith(before)).toBe(true);
  expect(changed.endsWith(after)).toBe(true);
  expect(readSuite(changed).suite?.goals.at(-1)).toEqual(added);

  const inBrackets = 'suite: town\ngoals: [{id: a, goal: b}] # all\n';
  expect(withCase(inBrackets, 'town', { id: 'x', goal: 'y' })).toBe(
    'suite: town\ngoals: [{id: a, goal: b}, {"id":"x","goal":"y"}] # all\n',
  );
  const open = 'suite: town\ngoals:\n  - id: a\n    goal: |\n      b\n';
  expect(readSuite(withCase(open, 'town', added)).suite?.goals).toEqual([{ id: 'a', goal: 'b\n' }, added]);
  expect(readSuite(withCase(open.trimEnd(), 'town', added)).suite?.goals.at(-1)).toEqual(added);
});
