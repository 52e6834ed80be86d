import { describe, expect, test } from 'vitest';
import { checkEntries, checkIdsOf } from '../src/index.ts';

test('An id is used once, and is no name that means something else.', () => {
  const ids = ['c1', 'toString', 'c1', 'constructor', 'total'].map((id) => ({ id }));

  expect(checkIdsOf('/criteria', ids)).toEqual([
    { pointer: '/criteria/2/id', detail: 'is a duplicate' },
    ...[3, 4].map((index) => ({
      pointer: `/criteria/${index}/id`,
      detail: 'must not be one of total, rating, __proto__, constructor, prototype',
    })),
  ]);
});

describe('A list with one entry for each of the wanted', () => {
  const entry = (item_id: string, criterion_id: string) => ({ item_id, criterion_id, score: 1 });
  const check = (entries: object[], wanted: Iterable<Record<string, string>>) =>
    checkEntries('/verdicts', entries as Record<string, unknown>[], ['item_id', 'criterion_id'], wanted);

  test('may have them in any order.', () => {
    const wanted = [entry('i1', 'c1'), entry('i1', 'c2')].map(({ score: _, ...ids }) => ids);

    expect(check([entry('i1', 'c2'), entry('i1', 'c1')], wanted)).toEqual([]);
  });

  test('tells what it lacks, repeats and should not have.', () => {
    const wanted = [
      { item_id: 'i1', criterion_id: 'c1' },
      { item_id: 'i1', criterion_id: 'c2' },
    ];

    expect(check([entry('i1', 'c1'), entry('i1', 'c1'), entry('i2', 'c1')], wanted)).toEqual([
      { pointer: '/verdicts', detail: 'must have an entry for item_id i1, criterion_id c2' },
      { pointer: '/verdicts/1', detail: 'is a duplicate' },
      { pointer: '/verdicts/2', detail: 'is for something that does not exist' },
    ]);
  });

  test('reads no more of what is wanted than it tells of.', () => {
    let read = 0;
    function* endless() {
      for (;;) yield { item_id: 'i1', criterion_id: `c${read++}` };
    }

    expect(check([], endless())).toHaveLength(16);
    expect(read).toBe(16);
  });
});
