import { type Field, readBrokenFields, readFields, writeField } from './protobuf-fields.ts';

/** A serialized ExportTraceServiceRequest and how many spans are in it. */
export interface OtlpRequest {
  bytes: Uint8Array;
  spans: number;
}

/** A span's field with what stands around it in the request. */
export interface PlacedSpan {
  resource: Uint8Array[];
  scope: Uint8Array[];
  span: Field;
}

// ExportTraceServiceRequest.resource_spans = 1; ResourceSpans.scope_spans = 2; ScopeSpans.spans = 2
const resourceSpans = 1;
const scopeSpans = 2;
export const spanField = 2;

/**
 * The request as several, each of at most that many bytes, its spans in the same order; a span that is larger
 * by itself gets a request of its own. It works on the serialized form, so that a spooled request can be split
 * as well as a new one, and nothing is serialized twice.
 */
export function splitRequest(bytes: Uint8Array, maxBytes: number): OtlpRequest[] {
  const placed = placedSpans(bytes);
  const content = placed.reduce((sum, { span }) => sum + span.whole.length, 0);
  const room = maxBytes - (bytes.length - content);
  const requests: OtlpRequest[] = [];
  let group: PlacedSpan[] = [];
  let size = 0;
  for (const item of placed) {
    if (group.length > 0 && size + item.span.whole.length > room) {
      requests.push({ bytes: joinSpans(group), spans: group.length });
      group = [];
      size = 0;
    }
    group.push(item);
    size += item.span.whole.length;
  }
  if (group.length > 0) requests.push({ bytes: joinSpans(group), spans: group.length });
  return requests;
}

export function placedSpans(bytes: Uint8Array): PlacedSpan[] {
  const placed: PlacedSpan[] = [];
  for (const outer of readFields(bytes).filter((field) => field.number === resourceSpans)) {
    const [scopes, resource] = parted(readFields(outer.content), scopeSpans);
    for (const inner of scopes) {
      const [spans, scope] = parted(readFields(inner.content), spanField);
      for (const span of spans) placed.push({ resource, scope, span });
    }
  }
  return placed;
}

/**
 * The spans of a request that broke off, as a request: what a power cut or a full disk left of a file. Of a span
 * that is not whole, nothing is kept.
 */
export function wholeSpans(bytes: Uint8Array): OtlpRequest {
  const placed: PlacedSpan[] = [];
  for (const outer of readBrokenFields(bytes).filter((field) => field.number === resourceSpans)) {
    const [scopes, resource] = parted(readBrokenFields(outer.content), scopeSpans);
    for (const inner of scopes) {
      const [spans, scope] = parted(readBrokenFields(inner.content), spanField);
      for (const span of spans) if (isWholeSpan(span)) placed.push({ resource, scope, span });
    }
  }
  return { bytes: joinSpans(placed), spans: placed.length };
}

/** The message's fields of that number, and all others as they are. */
function parted(inside: Field[], number: number): [Field[], Uint8Array[]] {
  return [
    inside.filter((candidate) => candidate.number === number),
    inside.filter((candidate) => candidate.number !== number).map((candidate) => candidate.whole),
  ];
}

/** Whether it has the ids without which nobody takes a span; other bytes may look like a message as well. */
function isWholeSpan({ whole, content }: Field): boolean {
  if (whole.length === 0) return false;
  try {
    const fields = readFields(content);
    return [
      [1, 16],
      [2, 8],
    ].every(([number, bytes]) =>
      fields.some((field) => field.number === number && field.content.length === bytes),
    );
  } catch {
    return false;
  }
}

/** A request of these spans; spans of one resource, and of one scope, stay together. */
export function joinSpans(placed: PlacedSpan[]): Uint8Array {
  const resources = runs(placed, (item) => item.resource).map((ofResource) => {
    const scopes = runs(ofResource, (item) => item.scope).map((ofScope) =>
      writeField(scopeSpans, [...(ofScope[0]?.scope ?? []), ...ofScope.map((item) => item.span.whole)]),
    );
    return writeField(resourceSpans, [...(ofResource[0]?.resource ?? []), ...scopes]);
  });
  return Buffer.concat(resources);
}

function runs(placed: PlacedSpan[], of: (item: PlacedSpan) => unknown): PlacedSpan[][] {
  const found: PlacedSpan[][] = [];
  let last: unknown;
  for (const item of placed) {
    if (found.length > 0 && of(item) === last) found.at(-1)?.push(item);
    else found.push([item]);
    last = of(item);
  }
  return found;
}
