import { BrokenFields } from './broken-fields.ts';
import {
  joinSpans,
  type OtlpRequest,
  type PlacedSpan,
  resourceSpans,
  scopeSpans,
  spanField,
} from './otlp-request.ts';

/** More than any request of ours has; of a file with more, only the beginning is read. */
const mostFields = 500_000;
// Span.trace_id = 1, Span.span_id = 2
const traceId = { number: 1, bytes: 16 };
const spanId = { number: 2, bytes: 8 };

/**
 * The complete spans in a request read from a file, which a power cut or a full disk may have truncated, or another
 * program may have written. Their resource and scope are kept as far as they are complete. Time and memory are bounded
 * for any bytes. Never throws.
 */
export function wholeSpans(bytes: Uint8Array): OtlpRequest {
  const budget = { fields: mostFields };
  const placed: PlacedSpan[] = [];
  const resources = new BrokenFields(bytes, budget);
  while (resources.next()) {
    if (resources.number !== resourceSpans) continue;
    const resource: Uint8Array[] = [];
    const scopes = new BrokenFields(resources.content, budget);
    while (scopes.next()) {
      if (scopes.number !== scopeSpans) {
        if (!scopes.isCut) resource.push(scopes.whole);
        continue;
      }
      const scope: Uint8Array[] = [];
      const spans = new BrokenFields(scopes.content, budget);
      while (spans.next()) {
        if (spans.isCut) continue;
        const { number, whole, content } = spans;
        if (number !== spanField) scope.push(whole);
        else if (isWholeSpan(content, budget))
          placed.push({ resource, scope, span: { number, whole, content } });
      }
    }
  }
  return { bytes: joinSpans(placed), spans: placed.length };
}

/** Whether the message is complete, and has the ids without which no collector accepts a span. */
function isWholeSpan(content: Uint8Array, budget: { fields: number }): boolean {
  const fields = new BrokenFields(content, budget);
  const found = new Set<number>();
  while (fields.next()) {
    const id = [traceId, spanId].find(({ number }) => number === fields.number);
    if (id && fields.content.length === id.bytes) found.add(id.number);
  }
  return found.size === 2 && fields.isOver && !fields.isCut;
}
