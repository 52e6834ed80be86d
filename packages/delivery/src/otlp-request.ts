import { ProtobufReader, ProtobufWriter, wireType } from '@agento/protobuf';

/** A serialized ExportTraceServiceRequest and how many spans are in it. */
export interface OtlpRequest {
  bytes: Uint8Array;
  spans: number;
}

/** One field of a serialized message, as views of its bytes. */
export interface Field {
  number: number;
  /** The field including its tag and length. */
  whole: Uint8Array;
  /** The content of a string, bytes or a message; empty for a number. */
  content: Uint8Array;
}

/** A span's field and the resource and scope it belongs to in the request. */
export interface PlacedSpan {
  resource: Uint8Array[];
  scope: Uint8Array[];
  span: Field;
}

// ExportTraceServiceRequest.resource_spans = 1; ResourceSpans.scope_spans = 2; ScopeSpans.spans = 2
export const resourceSpans = 1;
export const scopeSpans = 2;
export const spanField = 2;

/** The minimum size of the tags and lengths around a group of spans. */
const headBytes = 16;

/** The fields of a serialized message, in order, not decoded further. Throws if the bytes are not protobuf. */
export function readFields(message: Uint8Array): Field[] {
  const reader = new ProtobufReader(message);
  const fields: Field[] = [];
  while (reader.next()) {
    const { number, whole, content } = reader;
    fields.push({
      number,
      whole,
      content: reader.type === wireType.delimited ? content : content.subarray(0, 0),
    });
  }
  return fields;
}

/**
 * The request split into several of at most that many bytes each, with the spans in the same order; a span that is
 * larger on its own gets a request of its own. It works on the serialized form, so that a spooled request can be split
 * like a new one, and nothing is serialized twice.
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
    const [scopes, resource] = parted(outer, scopeSpans);
    for (const inner of scopes) {
      const [spans, scope] = parted(inner, spanField);
      for (const span of spans) placed.push({ resource, scope, span });
    }
  }
  return placed;
}

/** The message's fields with that number, and all others unchanged. */
function parted(field: Field, number: number): [Field[], Uint8Array[]] {
  const inside = readFields(field.content);
  return [
    inside.filter((candidate) => candidate.number === number),
    inside.filter((candidate) => candidate.number !== number).map((candidate) => candidate.whole),
  ];
}

/** A request with these spans; spans of one resource, and of one scope, stay together. */
export function joinSpans(placed: PlacedSpan[]): Uint8Array {
  let size = 0;
  for (const [index, { resource, scope, span }] of placed.entries()) {
    const before = placed[index - 1];
    size += span.whole.length;
    if (resource !== before?.resource) size += headBytes + sizeOf(resource);
    if (scope !== before?.scope) size += headBytes + sizeOf(scope);
  }
  const out = new ProtobufWriter(size);
  out.messages(
    resourceSpans,
    writeResourceSpans,
    runs(placed, (item) => item.resource),
  );
  return out.written;
}

// The writer works backwards: what comes first is written last.

function writeResourceSpans(out: ProtobufWriter, spans: PlacedSpan[]): void {
  out.messages(
    scopeSpans,
    writeScopeSpans,
    runs(spans, (item) => item.scope),
  );
  for (const field of spans[0]?.resource.toReversed() ?? []) out.raw(field);
}

function writeScopeSpans(out: ProtobufWriter, spans: PlacedSpan[]): void {
  for (const { span } of spans.toReversed()) out.raw(span.whole);
  for (const field of spans[0]?.scope.toReversed() ?? []) out.raw(field);
}

function sizeOf(fields: Uint8Array[]): number {
  return fields.reduce((sum, field) => sum + field.length, 0);
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
