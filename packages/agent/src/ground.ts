import { type Constraint, constraintView, type Ground, mostContext } from '@agento/contracts';
import { type LinkTo, linkTo } from './step.ts';

/** What a module received of the user's wishes. */
interface Given {
  goal: string;
  context?: string;
  /** Absent in outputs of schema version 1. */
  constraints?: Constraint[];
}

/**
 * The first part of every input from the third agent on, always in the same form, so that a provider's prompt cache
 * applies: the goal, the constraints and the context, however long if the step's definition says `whole`.
 */
export function groundOf(
  { goal, context, constraints = [] }: Given,
  shown: 'whole' | 'short' = 'short',
): Ground {
  const isShown = context !== undefined && (shown === 'whole' || Buffer.byteLength(context) <= mostContext);
  return { goal, constraints: constraints.map(constraintView), ...(isShown && { context }) };
}

/** The link from a step that was shown constraints to the step that found them; none if there are none. */
export function constraintLinks({ constraints = [] }: Given): { constraints?: LinkTo } {
  const [first] = constraints;
  return first ? { constraints: linkTo(first) } : {};
}
