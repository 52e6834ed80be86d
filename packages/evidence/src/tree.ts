import { moduleOf, type RecordedSpan, type Trace } from './model.ts';

/** The spans as a tree; children by start time. */
export interface SpanTree {
  roots: RecordedSpan[];
  /** Spans whose parent is named but missing, unless an outside caller explains it. */
  orphans: RecordedSpan[];
  isOrphan(span: RecordedSpan): boolean;
  /** Cycles: spans that are each other's parents, each beginning with the earliest span. */
  cycles: RecordedSpan[][];
  byId: Map<string, RecordedSpan>;
  childrenOf(span: RecordedSpan): RecordedSpan[];
  /** All descendants of this span; not those below spans for which `stops` is true. */
  below(span: RecordedSpan, stops?: (span: RecordedSpan) => boolean): RecordedSpan[];
  /** The parent; null for a root or an orphan. */
  parentOf(span: RecordedSpan): RecordedSpan | null;
}

export function treeOf({ spans }: Trace): SpanTree {
  const byId = new Map(spans.map((span) => [span.span_id, span]));
  const children = Map.groupBy(spans, (span) => span.parent_span_id);
  const roots = spans.filter((span) => !byId.has(span.parent_span_id));
  const first = spans.reduce(
    (least, span) => Math.min(least, moduleOf(span) ?? least),
    Number.POSITIVE_INFINITY,
  );
  // The first module's SERVER span may have a caller as its parent whose spans went elsewhere.
  const isEntry = (span: RecordedSpan) => span.kind === 'SERVER' && (moduleOf(span) ?? first) === first;
  const orphans = new Set(roots.filter((span) => span.parent_span_id !== '' && !isEntry(span)));
  const childrenOf = (span: RecordedSpan) => children.get(span.span_id) ?? [];
  const parentOf = (span: RecordedSpan) => byId.get(span.parent_span_id) ?? null;
  return {
    roots,
    orphans: [...orphans],
    isOrphan: (span) => orphans.has(span),
    cycles: cyclesOf(spans, parentOf),
    byId,
    childrenOf,
    below(span, stops = () => false) {
      // A set, iterated while it grows: in a broken trace, parents may form a cycle.
      const found = new Set(childrenOf(span));
      for (const one of found) {
        if (stops(one)) continue;
        for (const child of childrenOf(one)) found.add(child);
      }
      return [...found];
    },
    parentOf,
  };
}

/** From every span up to one seen before: if on this way up, it is a cycle. */
function cyclesOf(
  spans: RecordedSpan[],
  parentOf: (span: RecordedSpan) => RecordedSpan | null,
): RecordedSpan[][] {
  const cycles: RecordedSpan[][] = [];
  const seen = new Set<RecordedSpan>();
  for (const span of spans) {
    const way = new Set<RecordedSpan>();
    let at: RecordedSpan | null = span;
    while (at && !seen.has(at)) {
      seen.add(at);
      way.add(at);
      at = parentOf(at);
    }
    if (!at || !way.has(at)) continue;
    const cycle = [...way].slice([...way].indexOf(at));
    const least = cycle.reduce((one, other) => (other.start < one.start ? other : one));
    const head = cycle.indexOf(least);
    cycles.push([...cycle.slice(head), ...cycle.slice(0, head)]);
  }
  return cycles;
}
