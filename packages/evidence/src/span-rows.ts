import { criticalPath } from './critical-path.ts';
import { agentOf, millisecondsOf, moduleOf, type Trace, textOf } from './model.ts';
import { failed } from './run.ts';

/** A line of the waterfall. */
export interface SpanRow {
  span_id: string;
  /** Empty for a root. */
  parent: string;
  name: string;
  kind: string;
  module: number | null;
  agent: string;
  item: string;
  /** After the trace's first span began, in milliseconds. */
  start_ms: number;
  duration_ms: number;
  /** How long the run waited for it alone: its part of the critical path. */
  critical_ms: number;
  /** It failed or was interrupted. */
  is_error: boolean;
}

/** The spans in a line each, in the order of time. */
export function spanRows({ spans }: Trace): SpanRow[] {
  const critical = criticalPath(spans);
  const first = spans[0]?.start ?? 0n;
  return spans.map((span) => ({
    span_id: span.span_id,
    parent: span.parent_span_id,
    name: span.name,
    kind: span.kind,
    module: moduleOf(span),
    agent: agentOf(span),
    item: textOf(span.attributes, 'agento.item.id'),
    start_ms: Number(span.start - first) / 1e6,
    duration_ms: millisecondsOf(span),
    critical_ms: critical.get(span.span_id) ?? 0,
    is_error: failed(span),
  }));
}
