import type { PlanOutline, PlanScore, PlanSelection } from '@agento/contracts';
import { type Candidate, type Decision, marginOf, round } from '@agento/tracing';

/** The tie-breaks, in this order; the last one always decides. */
const tieBreaks: { name: string; value(candidate: Candidate, plan: PlanOutline): number }[] = [
  {
    name: 'the highest of the lowest scores',
    value: ({ scores }) =>
      Math.min(
        ...Object.entries(scores)
          .filter(([name]) => name !== 'total')
          .map(([, score]) => score),
      ),
  },
  { name: 'fewer items', value: (_candidate, plan) => -plan.plan_items.length },
  { name: 'the first by id', value: (_candidate, plan) => -Number(plan.id.replace(/\D/g, '')) },
];

/** Selects the plan with the highest mean score over all criteria. */
export function selectPlan(
  plans: PlanOutline[],
  scores: PlanScore[],
): {
  plan: PlanOutline;
  decision: Omit<Decision, 'kind'>;
  selection: Omit<PlanSelection, 'trace_id' | 'span_id'>;
} {
  const ranked = plans
    .map((plan) => ({ plan, candidate: candidateOf(plan, scores) }))
    .sort((a, b) => total(b) - total(a) || breakTie(a, b).order);
  const [best, second] = ranked;
  if (!best) throw new Error('No plan to select from');
  const tie_break =
    second && total(best) === total(second)
      ? `Equal totals: decided by ${breakTie(best, second).name}`
      : null;
  const reason = `${best.plan.id} has the highest mean score over all criteria: ${total(best)}`;
  const candidates = plans.map((plan) => candidateOf(plan, scores));
  const margin = marginOf(candidates, [best.plan.id], 'total') ?? 0;
  const rejected = ranked.slice(1).map(({ plan, candidate }) => ({
    id: plan.id,
    reason: `mean score ${candidate.scores.total}, ${round(total(best) - (candidate.scores.total ?? 0))} below ${best.plan.id}${tie_break && plan === second?.plan ? `; ${tie_break}` : ''}`,
  }));
  return {
    plan: best.plan,
    decision: {
      candidates,
      chosen: [best.plan.id],
      rejected,
      reason,
      margin,
      ...(tie_break !== null && { tieBreak: tie_break }),
    },
    selection: {
      plan_id: best.plan.id,
      totals: Object.fromEntries(candidates.map(({ id, scores }) => [id, scores.total ?? 0])),
      reason,
      margin,
      tie_break,
    },
  };
}

interface Ranked {
  plan: PlanOutline;
  candidate: Candidate;
}

function total({ candidate }: Ranked): number {
  return candidate.scores.total ?? 0;
}

function breakTie(a: Ranked, b: Ranked): { order: number; name: string } {
  for (const { name, value } of tieBreaks) {
    const order = value(b.candidate, b.plan) - value(a.candidate, a.plan);
    if (order !== 0) return { order, name };
  }
  return { order: 0, name: 'nothing' };
}

function candidateOf(plan: PlanOutline, scores: PlanScore[]): Candidate {
  const own = scores.filter(({ plan_id }) => plan_id === plan.id);
  const mean = own.reduce((sum, { score }) => sum + score, 0) / Math.max(1, own.length);
  return {
    id: plan.id,
    label: plan.plan_title,
    scores: {
      ...Object.fromEntries(own.map(({ criterion_id, score }) => [criterion_id, score])),
      total: round(mean),
    },
  };
}
