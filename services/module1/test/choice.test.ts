import type { CriteriaChoiceAnswer, SuccessCriterion } from '@agento/contracts';
import { describe, expect, test } from 'vitest';
import { checkChoice, rejections } from '../src/choice.ts';

const produced_by = {
  agent_name: 'CriteriaGenerator',
  model: 'm',
  prompt_version: '1.0.0',
  prompt_sha256: 'x',
  trace_id: 't',
  span_id: 's',
};
const candidates = ['c1', 'c2', 'c3', 'c4', 'c5'].map(
  (id): SuccessCriterion => ({ id, criteria: id, reasoning: 'r', rating: 5, produced_by }),
);

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
  test('is usable when each candidate is judged once and the chosen ones exist.', () => {
    expect(checkChoice(choice([9, 8, 7, 6, 5]), candidates)).toEqual([]);
  });

  test('names each candidate it did not judge, or judged twice.', () => {
    const answer = choice([9, 8, 7, 6]);
    const again = { criterion_id: 'c2', rating: 1, reasoning: 'r' };

    expect(checkChoice({ ...answer, evaluations: [...answer.evaluations, again] }, candidates)).toEqual([
      { pointer: '/evaluations', detail: 'must judge c2 once, judges it 2 times' },
      { pointer: '/evaluations', detail: 'must judge c5 once, judges it 0 times' },
    ]);
  });

  test('cannot judge or select what is no candidate.', () => {
    const answer = choice([9, 8, 7, 6, 5, 4], { selected_ids: ['c1', 'c2', 'c9'] });

    expect(checkChoice(answer, candidates)).toEqual([
      { pointer: '/evaluations/5/criterion_id', detail: 'is no candidate' },
      { pointer: '/selected_ids/2', detail: 'is no candidate' },
    ]);
  });

  test('cannot select one twice.', () => {
    expect(checkChoice(choice([9, 8, 7, 6, 5], { selected_ids: ['c1', 'c2', 'c2'] }), candidates)).toEqual([
      { pointer: '/selected_ids', detail: 'must not name a candidate twice' },
    ]);
  });

  test.each([null, '', '  '])('that had to break a tie must say how; %j is not enough.', (tie_break) => {
    expect(checkChoice(choice([9, 8, 7, 7, 5], { tie_break }), candidates)).toEqual([
      {
        pointer: '/tie_break',
        detail: 'must say why, since a selected and a rejected candidate have the same rating',
      },
    ]);
    expect(checkChoice(choice([9, 8, 7, 7, 5], { tie_break: 'c3 is measurable' }), candidates)).toEqual([]);
  });

  test('of all candidates has no tie to break.', () => {
    const all = candidates.map(({ id }) => id);

    expect(checkChoice(choice([7, 7, 7, 7, 7], { selected_ids: all }), candidates)).toEqual([]);
  });
});

test('Why another lost is said by its rating, the lowest selected one, and the judge’s words.', () => {
  expect(rejections(choice([9, 8, 7, 6, 2]))).toEqual([
    { id: 'c4', reason: 'rated 6, the lowest selected 7: because of 4' },
    { id: 'c5', reason: 'rated 2, the lowest selected 7: because of 5' },
  ]);
});
