import type { CriteriaAnswer, criteriaGeneration, InputOf } from '@agento/contracts';
import { briefOf } from '../brief.ts';
import { measurability } from './criteria-evaluator.ts';

const most = 8;

/**
 * Rule: a criterion for each limit of the brief (up to three, each of a different kind), one each for a figure and a
 * circumstance that the goal names, then those of the pattern in an order based on the goal's hash; eight at most.
 */
export function criteriaGenerator(input: InputOf<typeof criteriaGeneration>): CriteriaAnswer {
  return {
    criteria: briefOf(input)
      .criteria.slice(0, most)
      .map(({ text, why }) => ({
        criteria: text,
        reasoning: why,
        rating: Math.max(1, measurability(text, input.goal).rating - 1),
      })),
  };
}
