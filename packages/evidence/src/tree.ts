import { moduleOf, type RecordedSpan, type Trace } from './model.ts';

/** The spans as a tree; children in the order they began. */
export interface SpanTree {
  roots: RecordedSpan[];
  /** Spans whose parent is named but not there, and that no caller from outside explains. */
  orphans: RecordedSpan[];
  isOrphan(span: RecordedSpan): boolean;
  /** Spans that are each other's parents, a circle each, the one that began first at its head. */
  circles: RecordedSpan[][];
  byId: Map<string, RecordedSpan>;
  childrenOf(span: RecordedSpan): RecordedSpan[];
  /** All spans below this one, itself not among them; below those that `stops` names it does not look. */
  below(span: RecordedSpan, stops?: (span: RecordedSpan) => boolean): RecordedSpan[];
  /** The span it lies under; null for a root or an orphan. */
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
  // The first module's SERVER span may hang under a caller whose spans went somewhere else.
  const isEntry = (span: RecordedSpan) => span.kind === 'SERVER' && (moduleOf(span) ?? first) === first;
  const orphans = new Set(roots.filter((span) => span.parent_span_id !== '' && !isEntry(span)));
  const childrenOf = (span: RecordedSpan) => children.get(span.span_id) ?? [];
  const parentOf = (span: RecordedSpan) => byId.get(span.parent_span_id) ?? null;
  return {
    roots,
    orphans: [...orphans],
    isOrphan: (span) => orphans.has(span),
    circles: circlesOf(spans, parentOf),
    byId,
    childrenOf,
    below(span, stops = () => false) {
      // A set, walked while it grows: a broken trace may have its parents in a circle.
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

/** From every span up to where one has been before: on this way up, it is a circle. */
function circlesOf(
  spans: RecordedSpan[],
  parentOf: (span: RecordedSpan) => RecordedSpan | null,
): RecordedSpan[][] {
  const circles: RecordedSpan[][] = [];
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
    const circle = [...way].slice([...way].indexOf(at));
    const least = circle.reduce((one, other) => (other.start < one.start ? other : one));
    const head = circle.indexOf(least);
    circles.push([...circle.slice(head), ...circle.slice(0, head)]);
  }
  return circles;
}
