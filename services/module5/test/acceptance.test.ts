import { describe, expect, test } from 'vitest';
import { acceptBest, statusOfVerdict } from '../src/acceptance.ts';
import { attempt, baseline, unjudged, verdict } from './data.ts';

const verdicts = [verdict('c1', 0.6), verdict('c2', 0.4)];
const original = baseline('fully_met', 'not_met');
const keepBest = (attempts: Parameters<typeof acceptBest>[2]) => acceptBest(original, verdicts, attempts);

describe('The best of original and attempts', () => {
  test('is the attempt with the highest mean over the criteria, and each loser is told by how it fared.', () => {
    const first = attempt(1, ['fully_met', 'partially_met']);
    const second = attempt(2, ['fully_met', 'fully_met']);

    expect(keepBest([first, second])).toEqual({
      accepted: second,
      decision: {
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
        reason:
          'attempt-2 has the highest mean over the criteria, 1, and the original 0.5; it meets its criteria',
        margin: 0.25,
      },
    });
  });

  test('may be an earlier attempt: the last is not accepted for being the last.', () => {
    const { accepted, decision } = keepBest([
      attempt(1, ['fully_met', 'partially_met']),
      attempt(2, ['partially_met', 'partially_met']),
    ]);

    expect([accepted?.attempt, decision.chosen, decision.margin]).toEqual([1, ['attempt-1'], 0.25]);
  });

  test('is the original when no attempt is better.', () => {
    const { accepted, decision } = keepBest([attempt(1, ['not_met', 'partially_met'])]);

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
    const { accepted, decision } = keepBest([attempt(1, ['partially_met', 'partially_met'])]);

    expect([accepted, decision.margin, decision.tieBreak]).toEqual([
      null,
      0,
      'Equal means: the original is kept unless an attempt is better',
    ]);
  });

  test('is told for the better text though it falls short.', () => {
    const { accepted, decision } = keepBest([attempt(1, ['fully_met', 'partially_met'])]);

    expect(accepted?.attempt).toBe(1);
    expect(decision.reason).toContain('is kept as the better text, though it falls short of its criteria');
  });

  test('is one that mends a criterion, though the judge rates others lower than module 3 did.', () => {
    // Five bare passes and a fail of module 3; its own judge had found two of the passes only partly met.
    const bare = ['c1', 'c2', 'c3', 'c4'].map((id) => verdict(id, 0.55));
    const before = baseline('partially_met', 'partially_met', 'fully_met', 'fully_met', 'not_met');
    const after = attempt(1, ['partially_met', 'partially_met', 'fully_met', 'fully_met', 'fully_met']);

    expect(acceptBest(before, [...bare, verdict('c5', 0.2)], [after]).accepted?.attempt).toBe(1);
  });

  test('is the original when the unchanged text is handed in as an attempt.', () => {
    const same = { ...attempt(1, []), evaluation: original };

    const { accepted, decision } = keepBest([same]);

    expect([accepted, decision.margin]).toEqual([null, 0]);
  });

  test('cannot be an attempt that was not judged.', () => {
    const { accepted, decision } = keepBest([{ ...attempt(1, []), evaluation: unjudged }]);

    expect(accepted).toBeNull();
    expect(decision.candidates.map(({ id }) => id)).toEqual(['original']);
  });

  test('where the original was not judged is held against the verdicts of module 3, on the same three steps.', () => {
    const { decision } = acceptBest(unjudged, verdicts, [attempt(1, ['fully_met', 'partially_met'])]);

    expect(decision.candidates[0]).toEqual({
      id: 'original',
      label: 'The item as it was, by the verdicts of module 3',
      scores: { c1: 0.5, c2: 0, total: 0.25 },
    });
    expect(decision.chosen).toEqual(['attempt-1']);
  });

  test('of attempts with equal means is the one with the higher score, else the earlier.', () => {
    const statuses = ['fully_met', 'partially_met'] as const;
    const byScore = keepBest([attempt(1, [...statuses], 0.5), attempt(2, [...statuses], 0.6)]);
    const byOrder = keepBest([attempt(1, [...statuses], 0.6), attempt(2, [...statuses], 0.6)]);

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

test.each([
  [1, 'fully_met'],
  [0.7, 'fully_met'],
  [0.65, 'partially_met'],
  [0.5, 'partially_met'],
  [0.45, 'not_met'],
  [0, 'not_met'],
  [null, null],
] as const)('A verdict of %j is %s: a bare pass is not the whole share.', (score, status) => {
  expect(statusOfVerdict({ score })).toBe(status);
});
