import { isOwn, numberOf, type RecordedSpan, type Trace } from './model.ts';
import type { SpanTree } from './tree.ts';

/**
 * The attempts at a run in a trace, by number, each with its spans. A span states its attempt (`agento.run.attempt`);
 * an Agento span that does not belongs to the first. Other programs' spans belong to their parent's attempt, a root to
 * that of the spans below it.
 */
export function attemptsOf({ spans }: Trace, tree: SpanTree): Map<number, RecordedSpan[]> {
  const attempts = spread(tree, ownOf, 1);
  const byNumber = Map.groupBy(spans, (span) => attempts.get(span) ?? 1);
  return new Map([...byNumber].sort(([one], [other]) => one - other));
}

/**
 * What only some spans state, for all of them: a span that does not state it has its parent's, a root that of the first
 * span below it that does, or else `otherwise`.
 */
export function spread<T extends number | string>(
  tree: SpanTree,
  statedBy: (span: RecordedSpan) => T | null,
  otherwise: T,
): Map<RecordedSpan, T> {
  const known = new Map<RecordedSpan, T>();
  const heads = [...tree.roots, ...tree.cycles.flatMap(([head]) => head ?? [])];
  for (const head of heads) {
    known.set(head, statedBy(head) ?? firstBelow(head, tree, statedBy) ?? otherwise);
    for (const span of tree.below(head)) {
      const parent = tree.parentOf(span);
      known.set(span, statedBy(span) ?? (parent && known.get(parent)) ?? otherwise);
    }
  }
  return known;
}

/** More than any real run has: each attempt is validated separately. */
const mostAttempts = 1000;

function ownOf(span: RecordedSpan): number | null {
  const attempt = numberOf(span.attributes, 'agento.run.attempt');
  if (Number.isInteger(attempt) && Number(attempt) > 0 && Number(attempt) <= mostAttempts) return attempt;
  return isOwn(span) ? 1 : null;
}

function firstBelow<T>(
  root: RecordedSpan,
  tree: SpanTree,
  statedBy: (span: RecordedSpan) => T | null,
): T | null {
  for (const span of tree.below(root)) {
    const stated = statedBy(span);
    if (stated !== null) return stated;
  }
  return null;
}
