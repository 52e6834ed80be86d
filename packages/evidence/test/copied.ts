import { createHash } from 'node:crypto';
import type { Attributes, RecordedSpan } from '../src/index.ts';

/** Copies of these spans under ids of their own, which they name each other by; later by a second. */
export function copied(spans: RecordedSpan[]): RecordedSpan[] {
  const ids = new Map(spans.map(({ span_id }) => [span_id, idAfter(span_id)]));
  const renamed = <T>(value: T): T => {
    if (typeof value === 'string') return (ids.get(value) ?? value) as T;
    return (Array.isArray(value) ? value.map(renamed) : value) as T;
  };
  const attributesOf = (attributes: Attributes) =>
    Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, renamed(value)]));
  return structuredClone(spans).map((span) => ({
    ...span,
    span_id: renamed(span.span_id),
    parent_span_id: renamed(span.parent_span_id),
    start: span.start + 1_000_000_000n,
    end: span.end + 1_000_000_000n,
    links: span.links.map((link) => ({ ...link, span_id: renamed(link.span_id) })),
    attributes: attributesOf(span.attributes),
  }));
}

function idAfter(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 16);
}
