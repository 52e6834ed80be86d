import { isOwn, numberOf, type RecordedSpan, type Trace } from './model.ts';
import type { SpanTree } from './tree.ts';

/**
 * The attempts at a run in a trace, by number, each with its spans. A span states its attempt (`agento.run.attempt`);
 * an Agento span that does not belongs to the first. Other programs' spans belong to their parent's attempt, a root to
 * that of the spans below it.
 */
export function attemptsOf({ spans }: Trace, tree: SpanTree): Map<number, RecordedSpan[]> {
  const attempts = new Map<RecordedSpan, number>();
  const heads = [...tree.roots, ...tree.cycles.flatMap(([head]) => head ?? [])];
  for (const head of heads) {
    attempts.set(head, ownOf(head) ?? below(head, tree));
    for (const span of tree.below(head)) {
      const parent = tree.parentOf(span);
      attempts.set(span, ownOf(span) ?? (parent && attempts.get(parent)) ?? 1);
    }
  }
  const byNumber = Map.groupBy(spans, (span) => attempts.get(span) ?? 1);
  return new Map([...byNumber].sort(([one], [other]) => one - other));
}

/** More than any real run has: each attempt is validated separately. */
const mostAttempts = 1000;

function ownOf(span: RecordedSpan): number | null {
  const attempt = numberOf(span.attributes, 'agento.run.attempt');
  if (Number.isInteger(attempt) && Number(attempt) > 0 && Number(attempt) <= mostAttempts) return attempt;
  return isOwn(span) ? 1 : null;
}

/** The first attempt found below a root that does not state one. */
function below(root: RecordedSpan, tree: SpanTree): number {
  for (const span of tree.below(root)) {
    const own = ownOf(span);
    if (own !== null) return own;
  }
  return 1;
}
