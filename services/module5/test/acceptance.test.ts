import { describe, expect, test } from 'vitest';
import { acceptBest } from '../src/acceptance.ts';
import { attempt } from './data.ts';

const original = { c1: 'pass', c2: 'fail' } as const;

describe('The best of original and attempts', () => {
  test('is the attempt with the highest mean over the criteria, and each loser is told by how it fared.', () => {
    const first = attempt(1, ['fully_met', 'partially_met']);
    const second = attempt(2, ['fully_met', 'fully_met']);

    expect(acceptBest(original, [first, second])).toEqual({
      accepted: second,
      decision: {
        kind: 'attempt_acceptance',
        candidates: [
          { id: 'original', label: 'The item as it was', scores: { c1: 1, c2: 0, total: 0.5 } },
          {
            id: 'attempt-1',
            label: 'Attempt 1 by RevisionApplier',
            scores: { c1: 1, c2: 0.5, total: 0.75 },
          },
          { id: 'attempt-2', label: 'Attempt 2 by RevisionRefiner', scores: { c1: 1, c2: 1, total: 1 } },
        ],
        chosen: ['attempt-2'],
        rejected: [
          { id: 'original', reason: 'mean over the criteria 0.5, that of attempt-2 1' },
          { id: 'attempt-1', reason: 'mean over the criteria 0.75, that of attempt-2 1' },
        ],
        reason: 'attempt-2 has the highest mean over the criteria, 1, and the original 0.5',
        margin: 0.25,
      },
    });
  });

  test('may be an earlier attempt: the last is not accepted for being the last.', () => {
    const { accepted, decision } = acceptBest(original, [
      attempt(1, ['fully_met', 'partially_met']),
      attempt(2, ['partially_met', 'partially_met']),
    ]);

    expect([accepted?.attempt, decision.chosen, decision.margin]).toEqual([1, ['attempt-1'], 0.25]);
  });

  test('is the original when no attempt is better.', () => {
    const { accepted, decision } = acceptBest(original, [attempt(1, ['not_met', 'partially_met'])]);

    expect(accepted).toBeNull();
    expect(decision).toMatchObject({
      chosen: ['original'],
      rejected: [{ id: 'attempt-1', reason: 'mean over the criteria 0.25, that of original 0.5' }],
      reason: 'No attempt is better than the original, whose mean over the criteria is 0.5',
      margin: 0.25,
    });
    expect(decision.tieBreak).toBeUndefined();
  });

  test('is the original when the best attempt is only as good, and says so.', () => {
    const { accepted, decision } = acceptBest(original, [attempt(1, ['partially_met', 'partially_met'])]);

    expect([accepted, decision.margin, decision.tieBreak]).toEqual([
      null,
      0,
      'Equal means: the original is kept unless an attempt is better',
    ]);
  });

  test('of attempts with equal means is the one with the higher score, else the earlier.', () => {
    const statuses = ['fully_met', 'partially_met'] as const;
    const byScore = acceptBest(original, [attempt(1, [...statuses], 0.5), attempt(2, [...statuses], 0.6)]);
    const byOrder = acceptBest(original, [attempt(1, [...statuses], 0.6), attempt(2, [...statuses], 0.6)]);

    expect([byScore.accepted?.attempt, byScore.decision.tieBreak]).toEqual([
      2,
      "Equal means: the higher score of the evaluator's",
    ]);
    expect([byOrder.accepted?.attempt, byOrder.decision.tieBreak]).toEqual([
      1,
      'Equal means and scores: the earlier attempt',
    ]);
  });
});
