import { moduleOf, type Span, type Trace } from './model.ts';

/** The spans as a tree; children in the order they began. */
export interface SpanTree {
  roots: Span[];
  /** Spans whose parent is named but not there, and that no caller from outside explains. */
  orphans: Span[];
  byId: Map<string, Span>;
  childrenOf(span: Span): Span[];
  /** All spans below this one, itself not among them. */
  below(span: Span): Span[];
  /** The span it lies under; null for a root or an orphan. */
  parentOf(span: Span): Span | null;
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
  const isEntry = (span: Span) => span.kind === 'SERVER' && (moduleOf(span) ?? first) === first;
  const childrenOf = (span: Span) => children.get(span.span_id) ?? [];
  // A broken trace may have its parents in a circle.
  const below = (span: Span): Span[] => {
    const found = new Set<Span>();
    const visit = (parent: Span) => {
      for (const child of childrenOf(parent)) {
        if (found.has(child)) continue;
        found.add(child);
        visit(child);
      }
    };
    visit(span);
    return [...found];
  };
  return {
    roots,
    orphans: roots.filter((span) => span.parent_span_id !== '' && !isEntry(span)),
    byId,
    childrenOf,
    below,
    parentOf: (span) => byId.get(span.parent_span_id) ?? null,
  };
}
