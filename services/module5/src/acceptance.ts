import {
  type AttemptEvaluation,
  criterionScale,
  type EvalResult,
  type FulfillmentStatus,
  type RevisionAttempt,
} from '@agento/contracts';
import { type Candidate, type Decision, marginOf, round } from '@agento/tracing';

/**
 * The status that corresponds to a verdict of module 3, by its judge's anchors: from 0.7 on, concrete means provide for
 * the item's share; from 0.5 on, it is just enough.
 */
export function statusOfVerdict({ score }: { score: number | null }): FulfillmentStatus | null {
  if (score === null) return null;
  if (score >= 0.7) return 'fully_met';
  return score >= 0.5 ? 'partially_met' : 'not_met';
}

/**
 * Keeps the attempt with the highest mean over all criteria if it is better than the original, both judged by the same
 * judge. Ties are broken by the evaluator's score, then by order. An attempt that was not judged is not a candidate; an
 * original that was not is represented by module 3's verdicts.
 */
export function acceptBest(
  baseline: AttemptEvaluation,
  verdicts: EvalResult[],
  attempts: RevisionAttempt[],
): { accepted: RevisionAttempt | null; decision: Omit<Decision, 'kind'> } {
  const original =
    baseline.score === null
      ? candidate(
          'original',
          'The item as it was, by the verdicts of module 3',
          verdicts.flatMap((verdict) => {
            const status = statusOfVerdict(verdict);
            return status ? [{ criterion_id: verdict.criterion_id, status }] : [];
          }),
        )
      : candidate('original', 'The item as it was', baseline.criteria_fulfillment);
  const tried = attempts
    .filter(({ evaluation }) => evaluation.score !== null)
    .map((attempt) => ({
      attempt,
      candidate: candidate(
        `attempt-${attempt.attempt}`,
        `Attempt ${attempt.attempt} by ${attempt.agent_name}`,
        attempt.evaluation.criteria_fulfillment,
      ),
    }));
  const ranked = [...tried].sort(
    (a, b) =>
      total(b.candidate) - total(a.candidate) ||
      scoreOf(b.attempt) - scoreOf(a.attempt) ||
      a.attempt.attempt - b.attempt.attempt,
  );
  const best = ranked[0];
  const better = best && total(best.candidate) > total(original);
  const chosen = better ? best.candidate : original;
  const candidates = [original, ...tried.map((entry) => entry.candidate)];
  const tieBreak = better ? attemptTie(ranked) : originalTie(best?.candidate, original);
  const margin = marginOf(candidates, [chosen.id], 'total');
  return {
    accepted: better ? best.attempt : null,
    decision: {
      candidates,
      chosen: [chosen.id],
      rejected: candidates
        .filter(({ id }) => id !== chosen.id)
        .map((other) => ({
          id: other.id,
          reason: `mean over the criteria ${total(other)}, that of ${chosen.id} ${total(chosen)}`,
        })),
      reason: better
        ? `${chosen.id} has the highest mean over the criteria, ${total(chosen)}, and the original ${total(original)}; it ${best.attempt.evaluation.meets_criteria ? 'meets its criteria' : 'is kept as the better text, though it falls short of its criteria'}`
        : tried.length < attempts.length
          ? `The original is kept: ${tried.length === 0 ? 'no attempt could be judged' : `of ${attempts.length} attempts ${tried.length} could be judged, and none is better`}; its mean over the criteria is ${total(original)}`
          : `No attempt is better than the original, whose mean over the criteria is ${total(original)}`,
      ...(margin !== undefined && { margin }),
      ...(tieBreak !== null && { tieBreak }),
    },
  };
}

function attemptTie([best, second]: { attempt: RevisionAttempt; candidate: Candidate }[]): string | null {
  if (!best || !second || total(best.candidate) !== total(second.candidate)) return null;
  return scoreOf(best.attempt) === scoreOf(second.attempt)
    ? 'Equal means and scores: the earlier attempt'
    : "Equal means: the higher score of the evaluator's";
}

function originalTie(best: Candidate | undefined, original: Candidate): string | null {
  if (!best || total(best) !== total(original)) return null;
  return 'Equal means: the original is kept unless an attempt is better';
}

function candidate(
  id: string,
  label: string,
  judged: { criterion_id: string; status: FulfillmentStatus }[],
): Candidate {
  const scores = judged.map(
    ({ criterion_id, status }) => [criterion_id, criterionScale.scores[status]] as const,
  );
  const mean = scores.reduce((sum, [, score]) => sum + score, 0) / Math.max(1, scores.length);
  return { id, label, scores: { ...Object.fromEntries(scores), total: round(mean) } };
}

function total(candidate: Candidate): number {
  return candidate.scores.total ?? 0;
}

function scoreOf({ evaluation }: RevisionAttempt): number {
  return evaluation.score ?? 0;
}
