import type { StepInputs, VerdictAnswer } from '@agento/contracts';
import { coverage, coveredFrom, passage, quote } from '../language/coverage.ts';
import { list, shorten } from '../language/text.ts';

/** Rule: an item passes a criterion when at least 0.6 of the criterion's key terms stand in its text. */
export function itemEvaluator({ goal, item, criterion }: StepInputs['expansion_evaluation']): VerdictAnswer {
  const text = `${item.item_title}\n${item.item_description}`;
  const { share, found, missing } = coverage(criterion.criteria, goal, text);
  const passed = share >= coveredFrom;
  const sentence = shorten(passage(criterion.criteria, goal, item.item_description), 240);
  return {
    reasoning: passed
      ? `The item covers ${quote(criterion.criteria)}, most plainly where it says: “${sentence}”`
      : `The item ${found.length ? `touches on ${list(found.slice(0, 5))} but ` : ''}says nothing of ${list(missing.slice(0, 6))}, so ${quote(criterion.criteria)} is not covered.`,
    score: scoreOf(share),
    result: passed ? 'pass' : 'fail',
  };
}

/** Rule: the score is the share, stretched so that 0.5 stands where an item begins to pass. */
function scoreOf(share: number): number {
  const score =
    share >= coveredFrom
      ? 0.5 + (0.5 * (share - coveredFrom)) / (1 - coveredFrom)
      : (0.49 * share) / coveredFrom;
  return Math.round(score * 100) / 100;
}
