import { type Attributes, isSpanContextValid, type Link, type Span, TraceFlags } from '@opentelemetry/api';
import { attribute, linkAttribute } from './names.ts';

/** A span's ids, as carried through JSON by `produced_by` and `trace_metadata`. */
export interface SpanReference {
  /** 32 lower-case hex digits. */
  trace_id: string;
  /** 16 lower-case hex digits. */
  span_id: string;
}

/** A step's link to the span that produced its input; the ids identify which of that span's results. */
export interface SpanLink {
  to: SpanReference;
  relationship?: string;
  source?: string;
  criterionId?: string;
  planId?: string;
  itemId?: string;
  attempt?: number;
}

/** The reference of a span, to be written into an output. */
export function referenceOf(span: Span): SpanReference {
  const { traceId, spanId } = span.spanContext();
  return { trace_id: traceId, span_id: spanId };
}

/** False for ids no span can have: malformed (an edited file) or all zero (tracing was off). */
export function isReference(reference: SpanReference): boolean {
  return (
    /^[0-9a-f]{32}$/.test(reference.trace_id) &&
    /^[0-9a-f]{16}$/.test(reference.span_id) &&
    isSpanContextValid({ traceId: reference.trace_id, spanId: reference.span_id, traceFlags: 1 })
  );
}

export function toOtelLink(link: SpanLink): Link {
  const attributes: Attributes = {};
  const set = (key: string, value: string | number | undefined) => {
    if (value !== undefined) attributes[key] = value;
  };
  set(attribute.relationship, link.relationship);
  set(attribute.source, link.source);
  set(attribute.criterionId, link.criterionId);
  set(attribute.planId, link.planId);
  set(attribute.itemId, link.itemId);
  set(attribute.attempt, link.attempt);
  const { trace_id, span_id } = link.to;
  return {
    context: { traceId: trace_id, spanId: span_id, traceFlags: TraceFlags.SAMPLED, isRemote: true },
    attributes,
  };
}

/** Repeats the links as `agento.link.{relationship}`, since Jaeger cannot search links. */
export function linkAttributes(links: SpanLink[]): Attributes {
  const byRelationship = Map.groupBy(
    links.filter((link) => link.relationship !== undefined),
    (link) => link.relationship ?? '',
  );
  return Object.fromEntries(
    [...byRelationship].map(([relationship, group]) => [
      linkAttribute(relationship),
      [...new Set(group.map((link) => link.to.span_id))],
    ]),
  );
}
