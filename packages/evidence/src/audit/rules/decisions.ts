import type { Candidate, Decision, RunReading } from '../../reading/index.ts';
import type { Found } from '../finding.ts';
import { placeOf, type RunRule, textsOf } from '../rule.ts';

const scoreOf = (decision: Decision, candidate: Candidate) => candidate.scores[decision.by];

export const decisionAgainstScores: RunRule = {
  id: 'decision.against_scores',
  severity: 'error',
  question: 'Which choices go against their own scores?',
  taxonomy: 'MAST FM-2.6, reasoning-action mismatch',
  find: (reading) =>
    reading.decisions.flatMap((decision) => {
      const found = againstItself(decision);
      return found === null ? [] : { ...placeOf(reading, decision.span_id), ...found };
    }),
};

function againstItself(decision: Decision): Pick<Found, 'message' | 'texts' | 'measure'> | null {
  const scored = decision.candidates.filter((candidate) => scoreOf(decision, candidate) !== undefined);
  const byScore = (one: Candidate, other: Candidate) =>
    (scoreOf(decision, one) ?? 0) - (scoreOf(decision, other) ?? 0);
  const chosen = scored.filter(({ is_chosen }) => is_chosen).sort(byScore)[0];
  const rejected = scored
    .filter(({ is_chosen }) => !is_chosen)
    .sort(byScore)
    .at(-1);
  if (chosen && decision.kind === 'revision_approval') {
    const total = scoreOf(decision, chosen) ?? 0;
    if (total >= 0) return null;
    return {
      message: `${decision.kind} chose ${chosen.id}, of which more harm than good is expected (${total}).`,
      texts: textsOf({ 'reason given': decision.reason }),
      measure: { name: 'score lost', value: -total },
    };
  }
  if (!chosen || !rejected || byScore(chosen, rejected) >= 0) return null;
  return {
    message: `${decision.kind} chose ${chosen.id} (${scoreOf(decision, chosen)}) over ${rejected.id} (${scoreOf(decision, rejected)}).`,
    texts: textsOf({ 'reason given': decision.reason, 'why the other was not': rejected.reason }),
    measure: { name: 'score lost', value: -byScore(chosen, rejected) },
  };
}

export const decisionOtherScores: RunRule = {
  id: 'decision.other_scores',
  severity: 'error',
  question: 'Which choices rest on other scores than the judges gave?',
  taxonomy: 'MAST FM-2.5, ignored other agent’s input',
  find: (reading) =>
    reading.decisions.flatMap((decision) =>
      decision.candidates.flatMap((candidate) =>
        Object.entries(candidate.scores).flatMap(([name, used]) => {
          const given = scoreBehind(reading, decision, candidate, name);
          if (given === null || Math.abs(given.score - used) < 0.006) return [];
          return {
            ...placeOf(reading, given.span_id),
            message: `${decision.kind} counted ${used} for ${candidate.id} on ${name}; ${given.by} ${Number(given.score.toFixed(3))}.`,
            texts: textsOf({ explanation: given.explanation, 'reason of the choice': decision.reason }),
            measure: { name: 'difference', value: Math.abs(given.score - used) },
          };
        }),
      ),
    ),
};

interface Behind {
  score: number;
  span_id: string;
  by: string;
  explanation: string | null;
}

/** What a score of a candidate is made of, where the trace has that. */
function scoreBehind(
  reading: RunReading,
  decision: Decision,
  candidate: Candidate,
  name: string,
): Behind | null {
  if (name === 'total') return totalBehind(reading, decision, candidate);
  const given = verdictBehind(reading, decision, candidate.id, name);
  if (given?.score == null) return null;
  const { score, span_id, judge, explanation } = given;
  return {
    // A rating is ten times the score of its verdict.
    score: decision.kind === 'criteria_selection' ? score * 10 : score,
    ...{ span_id, by: `${judge} gave`, explanation },
  };
}

function totalBehind({ verdicts }: RunReading, decision: Decision, candidate: Candidate): Behind | null {
  const { kind, span_id } = decision;
  if (kind === 'plan_selection' || kind === 'attempt_acceptance') {
    const { total: _, ...scores } = candidate.scores;
    const all = Object.values(scores);
    if (all.length === 0) return null;
    const score = all.reduce((sum, one) => sum + one, 0) / all.length;
    return { score, span_id, by: 'the mean of its scores is', explanation: null };
  }
  if (kind !== 'quality_gate') return null;
  const own = verdicts.filter((verdict) => verdict.span_id === span_id);
  const criteria = own.filter((verdict) => verdict.kind === 'plan_criterion');
  if (criteria.length === 0) return null;
  const isBroken = own.some(({ status }) => status === 'broken');
  const share = isBroken ? 0 : criteria.filter(({ pass }) => pass).length / criteria.length;
  const score = candidate.id === 'publish' ? share : 1 - share;
  return { score, span_id, by: 'its verdicts make', explanation: null };
}

function verdictBehind({ verdicts }: RunReading, decision: Decision, id: string, name: string) {
  const { kind, about, span_id } = decision;
  if (kind === 'criteria_selection') {
    return verdicts.find((verdict) => verdict.span_id === span_id && verdict.criterion_id === id);
  }
  if (kind === 'plan_selection') {
    return verdicts.find(
      (verdict) => verdict.kind === 'plan_score' && verdict.plan_id === id && verdict.criterion_id === name,
    );
  }
  if (kind !== 'attempt_acceptance') return undefined;
  const attempt = id === 'original' ? 0 : Number(/^attempt-(\d+)$/.exec(id)?.[1] ?? Number.NaN);
  return verdicts.find(
    (verdict) =>
      verdict.item_id === about.item_id && verdict.attempt === attempt && verdict.criterion_id === name,
  );
}

/** Of the whole scale: ratings go to 10, other scores to 1. */
const closeMargin = 0.02;

export const decisionClose: RunRule = {
  id: 'decision.close',
  severity: 'note',
  question: 'Which choices were close, and what hung on them?',
  find: (reading) =>
    reading.decisions.flatMap((decision) => {
      const { by, span_id, reason, candidates } = decision;
      const margin = decision.margin ?? marginOf(decision);
      const scale = by === 'rating' ? 10 : 1;
      if (margin === null || margin < 0 || margin > closeMargin * scale) return [];
      const byRank = candidates.toSorted((one, other) => (one.rank ?? 99) - (other.rank ?? 99));
      const last = byRank.findLast(({ is_chosen }) => is_chosen);
      const next = byRank.find(({ is_chosen }) => !is_chosen);
      if (!last || !next) return [];
      return {
        ...placeOf(reading, span_id),
        message: `${last.id} won over ${next.id} by ${margin}; ${hungOn(reading, decision, last.id)}.`,
        texts: textsOf({ reason, 'the other': next.reason, 'how it was decided': decision.tie_break }),
        measure: { name: 'margin', value: margin },
      };
    }),
};

function hungOn(reading: RunReading, { kind, span_id, about }: Decision, chosen: string): string {
  if (kind === 'criteria_selection') {
    const later = reading.verdicts.filter((verdict) => verdict.criterion_id === chosen);
    return `${later.filter((verdict) => verdict.span_id !== span_id).length} later verdicts are by it`;
  }
  if (kind === 'attempt_acceptance') return `the final text of ${about.item_id} hung on it`;
  if (kind === 'quality_gate') return 'whether the plan is handed on hung on it';
  const made = reading.steps.find((step) => step.span_id === span_id)?.started_ms ?? 0;
  const calls = reading.calls.filter(({ started_ms }) => started_ms > made).length;
  return `${reading.items.length} items and ${calls} calls followed from it`;
}

/** The margin where a trace does not have it. */
function marginOf(decision: Decision): number | null {
  const totals = (wanted: boolean) =>
    decision.candidates.flatMap((one) =>
      one.is_chosen === wanted ? (scoreOf(decision, one) ?? Number.NaN) : [],
    );
  const margin = Math.min(...totals(true)) - Math.max(...totals(false));
  return Number.isFinite(margin) ? Number(margin.toFixed(3)) : null;
}
