import type { CriteriaChoiceAnswer, StepInputs } from '@agento/contracts';
import { hash } from '../language/hash.ts';
import { list } from '../language/text.ts';
import { overlap } from '../language/words.ts';

const evidence =
  /record|count|log|ledger|report|audit|survey|register|measur|test|invoice|asked|sign|certif|file|diary|book|system|rubric|form/i;
const time =
  /\b(?:within|by|before|prior|after|ahead|every|each|first|months?|weeks?|days?|years?|quarters?|hours?)\b/i;

/**
 * Rule: a criterion starts at 5 and gains a point each for a figure, for a named proof and for a time, one
 * for repeating the goal's words, and at most one more by the hash of goal and text.
 */
export function measurability(
  criterion: string,
  goal: string,
): { rating: number; found: string[]; lacking: string[] } {
  const traits: [string, boolean][] = [
    ['a figure', /\d/.test(criterion)],
    ['a named proof', evidence.test(criterion)],
    ['a time', time.test(criterion)],
    ['the goal’s own words', overlap(goal.slice(0, 2000), criterion.slice(0, 2000)) > 0],
  ];
  const found = traits.filter(([, has]) => has).map(([name]) => name);
  const lacking = traits.filter(([, has]) => !has).map(([name]) => name);
  return { rating: 5 + found.length + (hash(goal, criterion) % 2), found, lacking };
}

/** Rule: the five highest ratings are selected (all, where there are fewer); equals in the order given. */
export function criteriaEvaluator({
  goal,
  candidates,
}: StepInputs['criteria_evaluation']): CriteriaChoiceAnswer {
  const rated = candidates.map(({ id, criteria }) => ({ id, ...measurability(criteria, goal) }));
  const ordered = [...rated].sort((one, other) => other.rating - one.rating);
  const chosen = ordered.slice(0, 5);
  const last = chosen.at(-1);
  const next = ordered[5];
  const tie = last && next && last.rating === next.rating;
  return {
    evaluations: rated.map(({ id, rating, found, lacking }) => ({
      criterion_id: id,
      rating,
      reasoning: `It names ${list(found) || 'nothing that could be checked'}${lacking.length ? ` and lacks ${list(lacking)}` : ''}.`,
    })),
    selected_ids: chosen.map(({ id }) => id),
    reason: `${list(chosen.map(({ id }) => id))} can be checked best: each is rated ${last?.rating ?? 0} or more${tie ? `; at that rating the cut had to be made between equals` : ''}.`,
    tie_break: tie
      ? `${list(
          ordered
            .slice(5)
            .filter(({ rating }) => rating === last.rating)
            .map(({ id }) => id),
        )} had the same rating of ${last.rating} as ${last.id}; what was proposed earlier came first.`
      : null,
  };
}
