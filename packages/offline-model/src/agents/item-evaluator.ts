import type { StepInputs, VerdictAnswer } from '@agento/contracts';
import { coverage, coveredFrom, passage, quote } from '../language/coverage.ts';
import { list, shorten } from '../language/text.ts';

/** Rule: an item passes a criterion when at least 0.6 of the criterion's key terms stand in its text. */
export function itemEvaluator({ goal, item, criterion }: StepInputs['expansion_evaluation']): VerdictAnswer {
  const text = `${item.item_title}\n${item.item_description}`;
  const { share, found, missing } = coverage(criterion.criteria, goal, text);
  const sentence = shorten(passage(criterion.criteria, goal, item.item_description), 240);
  return {
    reasoning:
      share >= coveredFrom
        ? `The item covers ${quote(criterion.criteria)}, most plainly where it says: “${sentence}”`
        : `The item ${found.length ? `touches on ${list(found.slice(0, 5))} but ` : ''}says nothing of ${list(missing.slice(0, 6))}, so ${quote(criterion.criteria)} is not covered.`,
    score: scoreOf(share),
  };
}

/** Rule: the score is the share, stretched so that 50 stands where an item begins to pass. */
function scoreOf(share: number): number {
  return Math.round(
    share >= coveredFrom ? 50 + (50 * (share - coveredFrom)) / (1 - coveredFrom) : (49 * share) / coveredFrom,
  );
}
