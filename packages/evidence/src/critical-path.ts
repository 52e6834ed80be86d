import type { RecordedSpan } from './model.ts';
import { clockStep } from './run.ts';

/**
 * How long, in milliseconds, each span was what its run waited for: its part of the critical path, without that of the
 * spans below it. The path is walked backwards from the last end: before what began then, the span that had ended last was
 * waited for, and within it the last one below it. A span lasts as long as what is below it, which goes on after a request
 * that is answered at once. Spans that are not in the result were never waited for.
 */
export function criticalPath(spans: RecordedSpan[]): Map<string, number> {
  const timed = spans.filter(({ start }) => start > 0n);
  const origin = timed[0]?.start ?? 0n;
  // As numbers: a run takes less than the hundred days whose nanoseconds they hold.
  const since = (time: bigint) => Number(time - origin);
  const known = new Set(timed.map(({ span_id }) => span_id));
  const below = Map.groupBy(timed, ({ parent_span_id: id }) => (known.has(id) ? id : ''));
  const ends = new Map<string, number>();
  const endOf = (span: RecordedSpan): number => {
    const end = ends.get(span.span_id) ?? Math.max(since(span.end), lastEnd(below.get(span.span_id) ?? []));
    ends.set(span.span_id, end);
    return end;
  };
  const lastEnd = (some: RecordedSpan[]) =>
    some.reduce((last, span) => Math.max(last, endOf(span)), Number.NEGATIVE_INFINITY);

  const path = new Map<string, number>();
  const walk = (parent: string, from: number, until: number): void => {
    let at = until;
    let own = 0;
    const children = below.get(parent) ?? [];
    for (const span of children.toSorted((one, other) => endOf(other) - endOf(one))) {
      const start = Math.max(since(span.start), from);
      const end = Math.min(endOf(span), at);
      if (endOf(span) > at + Number(clockStep) || end <= start) continue;
      walk(span.span_id, start, end);
      own += at - end;
      at = start;
    }
    path.set(parent, (own + at - from) / 1e6);
  };
  const roots = below.get('') ?? [];
  if (roots.length > 0) walk('', Math.min(...roots.map(({ start }) => since(start))), lastEnd(roots));
  path.delete('');
  return path;
}
