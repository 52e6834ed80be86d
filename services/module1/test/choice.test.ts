import type { CriteriaChoiceAnswer } from '@agento/contracts';
import { describe, expect, test } from 'vitest';
import { checkTie, rejections } from '../src/choice.ts';

/** A choice of the first three, by these ratings in the candidates' order. */
function choice(ratings: number[], more: Partial<CriteriaChoiceAnswer> = {}): CriteriaChoiceAnswer {
  return {
    evaluations: ratings.map((rating, index) => ({
      criterion_id: `c${index + 1}`,
      rating,
      reasoning: `because of ${index + 1}`,
    })),
    selected_ids: ['c1', 'c2', 'c3'],
    reason: 'They bind.',
    tie_break: null,
    ...more,
  };
}

describe('A choice of criteria', () => {
  test('is usable as it is where the ratings decide.', () => {
    expect(checkTie(choice([9, 8, 7, 6, 5]))).toEqual([]);
  });

  test.each([null, '', '  '])('that had to break a tie must say how; %j is not enough.', (tie_break) => {
    expect(checkTie(choice([9, 8, 7, 7, 5], { tie_break }))).toEqual([
      {
        pointer: '/tie_break',
        detail: 'must explain the tie: a selected and a rejected candidate have the same rating',
      },
    ]);
    expect(checkTie(choice([9, 8, 7, 7, 5], { tie_break: 'c3 is measurable' }))).toEqual([]);
  });

  test('of all candidates has no tie to break.', () => {
    const all = ['c1', 'c2', 'c3', 'c4', 'c5'];

    expect(checkTie(choice([7, 7, 7, 7, 7], { selected_ids: all }))).toEqual([]);
  });
});

test('Why another lost is said by its rating, the lowest selected one, and the judge’s words.', () => {
  expect(rejections(choice([9, 8, 7, 6, 2]))).toEqual([
    { id: 'c4', reason: 'rated 6, the lowest selected 7: because of 4' },
    { id: 'c5', reason: 'rated 2, the lowest selected 7: because of 5' },
  ]);
});
