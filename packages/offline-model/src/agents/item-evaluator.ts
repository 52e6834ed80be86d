import type { expansionEvaluation, InputOf, VerdictAnswer } from '@agento/contracts';
import { briefOf, concerns } from '../brief.ts';
import { judge } from '../judging.ts';
import { coveredFrom, passage, quote } from '../language/coverage.ts';
import { list, quoted } from '../language/text.ts';

/** An item's share for a criterion that belongs to other items. */
const othersScore = 70;

/**
 * Rule: an item passes a criterion if its text contains at least 0.6 of the criterion's key terms, or if the criterion
 * belongs to other items.
 */
export function itemEvaluator(input: InputOf<typeof expansionEvaluation>): VerdictAnswer {
  const { goal, item, criterion } = input;
  const brief = briefOf(input);
  const { share, found, missing, others } = judge(
    brief,
    criterion.criteria,
    item.item_title,
    item.item_description,
  );
  const words = quote(criterion.criteria);
  if (others) {
    const titles = (input.plan?.item_titles ?? [])
      .filter((title) => concerns(brief, criterion.criteria, title))
      .slice(0, 6)
      .map((title) => quoted(title, 80));
    return {
      reasoning: `${words} is left to ${list(titles) || 'other items'}, and nothing here works against it.`,
      score: othersScore,
    };
  }
  return {
    reasoning:
      share >= coveredFrom
        ? `The item covers ${words}, most plainly where it says: ${quoted(passage(criterion.criteria, goal, item.item_description), 240)}`
        : `The item ${found.length ? `touches on ${list(found.slice(0, 5))} but ` : ''}says nothing of ${list(missing.slice(0, 6))}, so ${words} is not covered.`,
    score: scoreOf(share),
  };
}

/** Rule: the score is the share, scaled so that an item begins to pass at 50. */
function scoreOf(share: number): number {
  return Math.round(
    share >= coveredFrom ? 50 + (50 * (share - coveredFrom)) / (1 - coveredFrom) : (49 * share) / coveredFrom,
  );
}
