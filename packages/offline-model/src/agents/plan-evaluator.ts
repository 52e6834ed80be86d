import type { InputOf, PlanScoresAnswer, planEvaluation } from '@agento/contracts';
import { coverage, quote } from '../language/coverage.ts';
import { list } from '../language/text.ts';

/** Rule: 25 plus three quarters of the percentage of the criterion's key terms in the plan's text. */
export function planEvaluator({ goal, criteria, plans }: InputOf<typeof planEvaluation>): PlanScoresAnswer {
  return {
    scores: plans.flatMap((plan) => {
      const text = [
        plan.plan_title,
        plan.plan_description,
        ...plan.plan_items.flatMap((item) => [item.item_title, item.item_description]),
      ].join('\n');
      return criteria.map((criterion) => {
        const { share, found, missing } = coverage(criterion.criteria, goal, text);
        return {
          plan_id: plan.id,
          criterion_id: criterion.id,
          reasoning: `Of ${quote(criterion.criteria)} the outline has ${list(found.slice(0, 6)) || 'nothing'}${missing.length ? ` and lacks ${list(missing.slice(0, 6))}` : ''}.`,
          score: Math.round(25 + 75 * share),
        };
      });
    }),
  };
}
