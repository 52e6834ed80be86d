import type { CriteriaAnswer, StepInputs } from '@agento/contracts';
import type { Criterion } from '../domains/domain.ts';
import { criterionText, knowledge, nearness, sentence } from '../knowledge.ts';
import { rank } from '../language/hash.ts';
import { keyPhrases } from '../language/subject.ts';
import { measurability } from './criteria-evaluator.ts';

/**
 * Rule: seven criteria of the goal's walk of life, those nearest to the goal's words first; where the goal
 * speaks of two walks of life, two of the seven come from the second. Figures follow the goal's hash.
 */
export function criteriaGenerator({ goal, context = '' }: StepInputs['criteria_generation']): CriteriaAnswer {
  const known = knowledge(goal, context);
  const [domain, second] = known.domains;
  const order = (criteria: readonly Criterion[]) => rank(criteria, ({ text }) => nearness(known, text), goal);
  const chosen = [
    ...order(domain.criteria).slice(0, second ? 5 : 7),
    ...order(second?.criteria ?? []).slice(0, 2),
  ];
  const [phrase] = keyPhrases(context, 1);
  return {
    criteria: chosen.map((criterion, index) => {
      const criteria = criterionText(known, criterion);
      const reasoning = sentence(known.fill(criterion.why));
      return {
        criteria,
        reasoning:
          index === 0 && phrase
            ? `${reasoning} The background’s “${phrase}” makes it weigh more.`
            : reasoning,
        rating: Math.max(1, measurability(criteria, goal).rating - (index > 3 ? 1 : 0)),
      };
    }),
  };
}
