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
 * The spans that are whole in a request that was read from a file: a power cut or a full disk may have left a part of
 * it, or somebody else may have written it. What stands around them (resource, scope) is kept as far as it is whole.
 * Time and memory are bounded for any bytes. Never throws.
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

/** Whether it is a message to its end, with the ids without which nobody takes a span. */
function isWholeSpan(content: Uint8Array, budget: { fields: number }): boolean {
  const fields = new BrokenFields(content, budget);
  const found = new Set<number>();
  while (fields.next()) {
    const id = [traceId, spanId].find(({ number }) => number === fields.number);
    if (id && fields.content.length === id.bytes) found.add(id.number);
  }
  return found.size === 2 && fields.isOver && !fields.isCut;
}
