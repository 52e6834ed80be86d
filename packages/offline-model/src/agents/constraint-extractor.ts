import type { ConstraintsAnswer, constraintExtraction, InputOf } from '@agento/contracts';
import { findLimits } from '../constraints.ts';

/** Rule: up to twelve clauses of the goal and the context that set a limit; see `findLimits`. */
export function constraintExtractor({
  goal,
  context = '',
}: InputOf<typeof constraintExtraction>): ConstraintsAnswer {
  return { constraints: findLimits(goal, context) };
}
