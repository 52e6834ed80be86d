import type { ConstraintsAnswer, StepInputs } from '@agento/contracts';
import { findLimits } from '../constraints.ts';

/** Rule: at most twelve clauses of the goal and the context that set a limit; see `findLimits`. */
export function constraintExtractor({
  goal,
  context = '',
}: StepInputs['constraint_extraction']): ConstraintsAnswer {
  return { constraints: findLimits(goal, context) };
}
