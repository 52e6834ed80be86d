import type { QualityAnswer, StepInputs } from '@agento/contracts';
import { coverage, coveredFrom, quote } from '../language/coverage.ts';
import { list } from '../language/text.ts';

/**
 * Rule: the plan meets a criterion fully when three quarters of its items cover it, in part from one third
 * on. What all items cover is a strength, what any leaves out an open issue.
 */
export function qualityChecker({ goal, criteria, plan }: StepInputs['quality_check']): QualityAnswer {
  const judged = criteria.map(({ id, criteria: words }) => {
    const lacking = plan.plan_items.filter(
      (item) => coverage(words, goal, `${item.item_title}\n${item.item_description}`).share < coveredFrom,
    );
    const total = plan.plan_items.length;
    const share = total ? (total - lacking.length) / total : 0;
    const status =
      share >= 0.75
        ? ('fully_met' as const)
        : share >= 1 / 3
          ? ('partially_met' as const)
          : ('not_met' as const);
    const without = list(lacking.map(({ item_title }) => `“${item_title}”`));
    return { id, words, status, without, covered: total - lacking.length, total };
  });
  const met = judged.filter(({ status }) => status === 'fully_met').length;
  return {
    criteria: judged.map(({ id, words, status, without, covered, total }) => ({
      criterion_id: id,
      status,
      explanation: `${covered} of ${total} items cover ${quote(words)}${without ? `; ${without} ${without.includes('” and “') ? 'do' : 'does'} not` : ''}.`,
    })),
    summary: `“${plan.plan_title}” meets ${met} of ${judged.length} criteria in full; the offline model judged this by stated rules, from the words of the items alone.`,
    strengths: judged
      .filter(({ without }) => !without)
      .map(({ words }) => `Every item takes up ${quote(words)}.`),
    open_issues: judged
      .filter(({ without }) => without)
      .map(({ words, without }) => `${without} leaves ${quote(words)} open.`),
  };
}
