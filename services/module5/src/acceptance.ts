import type { FulfillmentStatus, RevisionAttempt } from '@agento/contracts';
import { type Candidate, type Decision, marginOf, round } from '@agento/tracing';

/** What a status counts for. */
export const statusScore: Record<FulfillmentStatus, number> = {
  fully_met: 1,
  partially_met: 0.5,
  not_met: 0,
};

/**
 * Accepts the attempt with the highest mean over all criteria, if it is better than the original, whose
 * passed criteria count 1 and failed ones 0. Equal attempts are told apart by the evaluator's score, then
 * by which came first.
 */
export function acceptBest(
  original: Record<string, 'pass' | 'fail'>,
  attempts: RevisionAttempt[],
): { accepted: RevisionAttempt | null; decision: Decision } {
  const originalCandidate = candidate(
    'original',
    'The item as it was',
    Object.entries(original).map(([id, result]) => [id, result === 'pass' ? 1 : 0]),
  );
  const tried = attempts.map((attempt) => ({
    attempt,
    candidate: candidate(
      `attempt-${attempt.attempt}`,
      `Attempt ${attempt.attempt} by ${attempt.agent_name}`,
      attempt.evaluation.criteria_fulfillment.map(({ criterion_id, status }) => [
        criterion_id,
        statusScore[status],
      ]),
    ),
  }));
  const ranked = [...tried].sort(
    (a, b) =>
      total(b.candidate) - total(a.candidate) ||
      b.attempt.evaluation.score - a.attempt.evaluation.score ||
      a.attempt.attempt - b.attempt.attempt,
  );
  const best = ranked[0];
  const better = best && total(best.candidate) > total(originalCandidate);
  const chosen = better ? best.candidate : originalCandidate;
  const candidates = [originalCandidate, ...tried.map((entry) => entry.candidate)];
  const tieBreak = better ? attemptTie(ranked) : originalTie(best?.candidate, originalCandidate);
  const margin = marginOf(candidates, [chosen.id], 'total');
  return {
    accepted: better ? best.attempt : null,
    decision: {
      kind: 'attempt_acceptance',
      candidates,
      chosen: [chosen.id],
      rejected: candidates
        .filter(({ id }) => id !== chosen.id)
        .map((other) => ({
          id: other.id,
          reason: `mean over the criteria ${total(other)}, that of ${chosen.id} ${total(chosen)}`,
        })),
      reason: better
        ? `${chosen.id} has the highest mean over the criteria, ${total(chosen)}, and the original ${total(originalCandidate)}`
        : `No attempt is better than the original, whose mean over the criteria is ${total(originalCandidate)}`,
      ...(margin !== undefined && { margin }),
      ...(tieBreak !== null && { tieBreak }),
    },
  };
}

function attemptTie([best, second]: { attempt: RevisionAttempt; candidate: Candidate }[]): string | null {
  if (!best || !second || total(best.candidate) !== total(second.candidate)) return null;
  return best.attempt.evaluation.score === second.attempt.evaluation.score
    ? 'Equal means and scores: the earlier attempt'
    : "Equal means: the higher score of the evaluator's";
}

function originalTie(best: Candidate | undefined, original: Candidate): string | null {
  if (!best || total(best) !== total(original)) return null;
  return 'Equal means: the original is kept unless an attempt is better';
}

function candidate(id: string, label: string, scores: (readonly [string, number])[]): Candidate {
  const mean = scores.reduce((sum, [, score]) => sum + score, 0) / Math.max(1, scores.length);
  return { id, label, scores: { ...Object.fromEntries(scores), total: round(mean) } };
}

function total(candidate: Candidate): number {
  return candidate.scores.total ?? 0;
}
