import type { ConstraintKind } from '@agento/contracts';
import { describe, expect, test } from 'vitest';
import { briefOf, clausesOf } from '../src/brief.ts';
import { findLimits } from '../src/constraints.ts';
import { coverage } from '../src/language/coverage.ts';
import { readGoal } from '../src/language/goal.ts';
import { common, patterns } from '../src/patterns.ts';

const goals = {
  making: 'Found a quixotic zyx with five zyxes in Leith',
  changing: 'Change the quixotic zyx with five zyxes in Leith',
  doing: 'Hold the quixotic zyx with five zyxes in Leith',
  learning: 'Learn the quixotic zyx with five zyxes in Leith',
  plain: 'Keep the quixotic zyx with five zyxes in Leith',
  vague: 'Make things better',
};

describe.each(Object.entries(goals))('the pattern %s', (name, goal) => {
  const pattern = patterns[name as keyof typeof patterns];

  test('is that of a goal with one of its verbs', () => {
    expect(briefOf({ goal }).pattern).toBe(pattern);
  });

  test('covers each criterion in full by both clauses, and in part by the first', () => {
    const wrong = Object.keys(common.limits).flatMap((kind) => {
      const limit = { id: 'k1', kind: kind as ConstraintKind, text: '', quote: 'no more than 40 quibs' };
      const brief = briefOf({ goal, constraints: [limit] });
      return brief.criteria.filter(({ text }) => {
        const { first, second } = clausesOf(brief, text, 'the glorb');
        const [part, whole] = [first, `${first} ${second}`].map((said) => coverage(text, goal, said).share);
        return part === undefined || whole === undefined || part < 0.3 || part >= 0.6 || whole < 0.6;
      });
    });
    expect(wrong.map(({ text }) => text)).toEqual([]);
  });

  test('has topics for every plan, and a part in some item of each plan for every criterion', () => {
    for (const places of Object.values(pattern.plans)) {
      expect(places.every((place) => pattern.topics[place] !== undefined)).toBe(true);
      const left = pattern.criteria.filter(({ at }) => !at.some((place) => places.includes(place)));
      expect(left).toEqual([]);
    }
  });
});

test.each([
  ['Open a repair café in a small town', 'opening the repair café', 'the repair café', 'in a small town'],
  ['I want to run a marathon in under four hours', 'running the marathon', 'the marathon', ''],
  ['Become a better listener', 'becoming a better listener', 'becoming a better listener', ''],
  ['Reduce food waste at our school', 'reducing food waste', 'food waste', 'at our school'],
  ['Plant 300 trees along the river', 'planting the 300 trees', 'the 300 trees', 'along the river'],
  ['Write and publish a crime novel', 'writing and publishing the crime novel', 'the crime novel', ''],
  ['Learn to sail', 'learning to sail', 'learning to sail', ''],
  ['Open a small neighbourhood bakery', 'opening the neighbourhood bakery', 'the neighbourhood bakery', ''],
])('speaks of "%s" as %s', (goal, doing, thing, tail) => {
  const { foreign, ...spoken } = readGoal(goal);
  expect(foreign).toBe(false);
  expect(spoken).toMatchObject({ doing, thing });
  if (tail !== '') expect(spoken.tail).toBe(tail);
});

test.each([
  'Eröffne in Görlitz eine kleine Bäckerei',
  'تنظيم مهرجان للأطفال في القرية',
  '我想学会拉小提琴',
  'Ouvrir un café associatif dans un village',
])('takes "%s" for no English', (goal) => {
  expect(readGoal(goal)).toMatchObject({ foreign: true, doing: 'the undertaking' });
});

test.each(['Make things better', 'Improve everything', 'Be happy'])('takes "%s" for vague', (goal) => {
  expect(readGoal(goal).pattern).toBe('vague');
});

test('finds limits in goal and context, and quotes them as they stand there', () => {
  const goal = 'Launch our app in Germany by 1 May 2027 for less than €50,000';
  const context =
    '- The shop must not close.\n- We like red.\n- It was painted for two years; a permit is needed.';
  expect(findLimits(goal, context).map(({ kind, quote }) => [kind, quote])).toEqual([
    ['time', 'by 1 May 2027'],
    ['money', 'for less than €50,000'],
    ['scope', 'The shop must not close'],
    ['law', 'a permit is needed'],
  ]);
  expect(findLimits('Open a café', 'The street is quiet.')).toEqual([]);
});

test('quotes nothing that looks like a key', () => {
  expect(findLimits('Open a café', 'You must use hunter2a8fk3kd93kd7 to pay.')).toEqual([]);
});
