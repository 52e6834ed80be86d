import type { CriteriaChoiceAnswer, criteriaEvaluation, InputOf } from '@agento/contracts';
import { hash } from '../language/hash.ts';
import { list } from '../language/text.ts';
import { overlap } from '../language/words.ts';

const evidence =
  /record|count|list|written|calendar|account|test|compared|signed|page|report|checked|named|confirmed|answer/i;
const time =
  /\b(?:within|by|before|after|every|each|month|weeks?|days?|beforehand|monday|friday|throughout)\b/i;

/**
 * Rule: a criterion starts at 3, gains a point each for a figure, a proof and a time, two for repeating words of
 * the goal or a limit in quotation marks, and at most one by the hash of goal and text.
 */
export function measurability(
  criterion: string,
  goal: string,
): { rating: number; found: string[]; lacking: string[] } {
  const own = /“[^”]+”/.test(criterion) || overlap(goal.slice(0, 600), criterion.slice(0, 2000)) > 0;
  const traits: [string, boolean, number][] = [
    ['a figure', /\d/.test(criterion), 1],
    ['a proof', evidence.test(criterion), 1],
    ['a time', time.test(criterion), 1],
    ['words of the brief', own, 2],
  ];
  const having = traits.filter(([, has]) => has);
  return {
    rating: having.reduce((sum, [, , points]) => sum + points, 3) + (hash(goal, criterion) % 2),
    found: having.map(([name]) => name),
    lacking: traits.filter(([, has]) => !has).map(([name]) => name),
  };
}

/** Rule: the five highest ratings are selected (all, if there are fewer); ties in the given order. */
export function criteriaEvaluator({
  goal,
  candidates,
}: InputOf<typeof criteriaEvaluation>): CriteriaChoiceAnswer {
  const rated = candidates.map(({ id, criteria }) => ({ id, ...measurability(criteria, goal) }));
  const ordered = [...rated].sort((one, other) => other.rating - one.rating);
  const chosen = ordered.slice(0, 5);
  const last = chosen.at(-1);
  const next = ordered[5];
  const tie = last && next && last.rating === next.rating;
  return {
    evaluations: rated.map(({ id, rating, found, lacking }) => ({
      criterion_id: id,
      reasoning: `It has ${list(found) || 'nothing that could be checked'}${lacking.length ? ` and lacks ${list(lacking)}` : ''}.`,
      rating,
    })),
    reason: `${list(chosen.map(({ id }) => id))} can be checked best: none of them is rated below ${last?.rating ?? 0}${tie ? ', though at that rating the cut was made between equals' : ''}.`,
    selected_ids: chosen.map(({ id }) => id),
    tie_break: tie
      ? `Rated ${last.rating} like ${last.id}, but proposed later: ${list(
          ordered
            .slice(5)
            .filter(({ rating }) => rating === last.rating)
            .map(({ id }) => id),
        )}.`
      : null,
  };
}
