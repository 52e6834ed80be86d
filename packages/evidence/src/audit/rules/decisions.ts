import type { Candidate, Decision, RunReading } from '../../reading/index.ts';
import { placeOf, type RunRule, textsOf } from '../rule.ts';

const scoreOf = (decision: Decision, candidate: Candidate) => candidate.scores[decision.by];

export const decisionAgainstScores: RunRule = {
  id: 'decision.against_scores',
  severity: 'error',
  question: 'Which choices go against their own scores?',
  taxonomy: 'MAST FM-2.6, reasoning-action mismatch',
  find: (reading) =>
    reading.decisions.flatMap((decision) => {
      const scored = decision.candidates.filter((candidate) => scoreOf(decision, candidate) !== undefined);
      const byScore = (one: Candidate, other: Candidate) =>
        (scoreOf(decision, one) ?? 0) - (scoreOf(decision, other) ?? 0);
      const chosen = scored.filter(({ is_chosen }) => is_chosen).sort(byScore)[0];
      const rejected = scored
        .filter(({ is_chosen }) => !is_chosen)
        .sort(byScore)
        .at(-1);
      if (!chosen || !rejected || byScore(chosen, rejected) >= 0) return [];
      return {
        ...placeOf(reading, decision.span_id),
        message: `${decision.kind} chose ${chosen.id} (${scoreOf(decision, chosen)}) over ${rejected.id} (${scoreOf(decision, rejected)}).`,
        texts: textsOf({ 'reason given': decision.reason, 'why the other was not': rejected.reason }),
        measure: { name: 'score lost', value: -byScore(chosen, rejected) },
      };
    }),
};

export const decisionOtherScores: RunRule = {
  id: 'decision.other_scores',
  severity: 'error',
  question: 'Which choices rest on other scores than the judges gave?',
  taxonomy: 'MAST FM-2.6, reasoning-action mismatch',
  find: (reading) =>
    reading.decisions.flatMap((decision) =>
      decision.candidates.flatMap((candidate) =>
        Object.entries(candidate.scores).flatMap(([criterion, used]) => {
          const given = verdictBehind(reading, decision, candidate.id, criterion);
          if (given?.score == null || Math.abs(given.score - used) < 0.006) return [];
          return {
            ...placeOf(reading, given.span_id),
            message: `${decision.kind} counted ${used} for ${candidate.id} on ${criterion}; ${given.judge} gave ${given.score}.`,
            texts: textsOf({ explanation: given.explanation, 'reason of the choice': decision.reason }),
            measure: { name: 'difference', value: Math.abs(given.score - used) },
          };
        }),
      ),
    ),
};

function verdictBehind({ verdicts }: RunReading, { kind, about }: Decision, id: string, criterion: string) {
  if (kind === 'plan_selection') {
    return verdicts.find(
      (verdict) =>
        verdict.kind === 'plan_score' && verdict.plan_id === id && verdict.criterion_id === criterion,
    );
  }
  if (kind !== 'attempt_acceptance') return undefined;
  const attempt = id === 'original' ? 0 : Number(/^attempt-(\d+)$/.exec(id)?.[1] ?? Number.NaN);
  return verdicts.find(
    (verdict) =>
      verdict.item_id === about.item_id && verdict.attempt === attempt && verdict.criterion_id === criterion,
  );
}

/** Of scores from 0 to 1. */
const closeMargin = 0.02;

export const decisionClose: RunRule = {
  id: 'decision.close',
  severity: 'note',
  question: 'Which choices of a plan were close, and what hung on them?',
  find: (reading) =>
    reading.decisions.flatMap(({ kind, margin, span_id, chosen, candidates, reason }) => {
      if (kind !== 'plan_selection' || margin === null || margin < 0 || margin > closeMargin) return [];
      const [first] = chosen;
      const second = candidates
        .filter(({ is_chosen }) => !is_chosen)
        .sort((a, b) => (a.rank ?? 99) - (b.rank ?? 99))[0];
      const made = reading.steps.find((step) => step.span_id === span_id)?.started_ms ?? 0;
      const later = reading.calls.filter(({ started_ms }) => started_ms > made).length;
      return {
        ...placeOf(reading, span_id),
        message: `${first} won over ${second?.id} by ${margin}; ${reading.items.length} items and ${later} calls followed from it.`,
        texts: textsOf({ reason, 'the other': second?.reason }),
        measure: { name: 'margin', value: margin },
      };
    }),
};
