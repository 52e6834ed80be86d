import { type Constraint, type Ground, mostContext } from '@agento/contracts';
import type { SpanLink } from '@agento/tracing';
import { linkTo } from './step.ts';

/** What a module was handed of the user's wishes. */
interface Given {
  goal: string;
  context?: string;
  /** Absent in outputs of schema version 1. */
  constraints?: Constraint[];
}

/**
 * What every agent after the first two is shown before anything else, in one form, so that a provider's prompt cache
 * applies: the goal, what binds, and the context, which `whole` asks for however long it is.
 */
export function groundOf({ goal, context, constraints = [] }: Given, whole = false): Ground {
  const isShown = context !== undefined && (whole || Buffer.byteLength(context) <= mostContext);
  return {
    goal,
    constraints: constraints.map(({ id, text, kind, quote }) => ({ id, text, kind, quote })),
    ...(isShown && { context }),
  };
}

/** The link from a step that was shown constraints to the step that found them; none where there are none. */
export function constraintLinks({ constraints = [] }: Given): SpanLink[] {
  const [first] = constraints;
  return first ? [linkTo(first, 'constraints')] : [];
}
