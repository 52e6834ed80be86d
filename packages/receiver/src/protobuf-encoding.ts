import protobuf, { type Reader, type Type } from 'protobufjs';
import { limits, Refusal, type Tally } from './limits.ts';
import { ExportRequest, ResourceSpans, ScopeSpans, Span } from './otlp-messages.ts';
import { type Encoding, type Ranges, type ResourceOutline, type ScopeOutline, sizeOf } from './outline.ts';

const delimited = 2;

export const protobufEncoding: Encoding = {
  // Logs and metrics have their lists in fields of the same numbers.
  hint: '. Is it a trace request? This endpoint takes nothing else.',
  async outline(body, tally, turn) {
    const reader = protobuf.Reader.create(body);
    try {
      const resources: ResourceOutline[] = [];
      for (const end of entries(reader, tally, body.length, ExportRequest, 'resourceSpans', [])) {
        const resource: ResourceOutline = { own: [], scopes: [] };
        resources.push(resource);
        for (const scopeEnd of entries(reader, tally, end, ResourceSpans, 'scopeSpans', resource.own)) {
          const scope: ScopeOutline = { own: [], spans: [] };
          resource.scopes.push(scope);
          for (const spanEnd of entries(reader, tally, scopeEnd, ScopeSpans, 'spans', scope.own)) {
            scope.spans.push(reader.pos, spanEnd);
            tally.span(lengthAsText(body.subarray(reader.pos, spanEnd)));
            countValues(reader, Span, spanEnd, tally);
            if (turn.isOver()) await turn.next();
          }
          if (turn.isOver()) await turn.next();
        }
        if (turn.isOver()) await turn.next();
      }
      return resources;
    } catch (error) {
      if (error instanceof Refusal) throw error;
      throw new Refusal(400, `The body is not protobuf: ${(error as Error).message}`);
    }
  },
  readSpan: (part) => Span.decode(part),
  readOwn: (type, parts) => type.decode(Buffer.concat(parts)),
};

/**
 * The entries of one list of a message: yields each one's end, with the reader at its start; whoever asks moves
 * the reader to that end. The places of the other fields go to `own`.
 */
function* entries(
  reader: Reader,
  tally: Tally,
  end: number,
  type: Type,
  list: string,
  own: Ranges,
): Generator<number> {
  const wanted = type.fields[list]?.id;
  while (reader.pos < end) {
    const start = reader.pos;
    const tag = reader.tag();
    if (tag >>> 3 === wanted && (tag & 7) === delimited) {
      const entryEnd = reader.size() + reader.pos;
      if (entryEnd > end) throw new RangeError(`${type.name} is truncated`);
      yield entryEnd;
    } else {
      reader.skipType(tag & 7, 0, tag >>> 3);
      const fieldEnd = reader.pos;
      own.push(start, fieldEnd);
      reader.pos = start;
      countValues(reader, type, fieldEnd, tally);
    }
  }
  if (reader.pos > end) throw new RangeError(`${type.name} is truncated`);
  tally.group(sizeOf(own));
}

/** Length of a large span in JSON, where a control character takes six characters. */
function lengthAsText(span: Buffer): number {
  if (span.length < limits.bytesOfSpan / 6) return span.length;
  let controls = 0;
  // By index: an iterator takes ten times as long.
  for (let at = 0; at < span.length; at += 1) if ((span[at] ?? 0) < 0x20) controls += 1;
  return span.length + 5 * controls;
}

/** Skips a message's fields at all depths; a malformed one is rejected, with the reason, when it is decoded. */
function countValues(reader: Reader, type: Type, end: number, tally: Tally): void {
  const visit = (message: Type, to: number, depth: number) => {
    while (reader.pos < to) {
      const tag = reader.tag();
      tally.value();
      const inner = message.fieldsById[tag >>> 3]?.resolvedType;
      if (
        (tag & 7) === delimited &&
        inner instanceof protobuf.Type &&
        depth < protobuf.Reader.recursionLimit
      ) {
        const next = reader.size() + reader.pos;
        if (next > to) throw new RangeError(`${inner.name} is truncated`);
        visit(inner, next, depth + 1);
      } else reader.skipType(tag & 7, 0, tag >>> 3);
    }
  };
  try {
    visit(type, end, 0);
  } catch (error) {
    if (error instanceof Refusal) throw error;
  }
  reader.pos = end;
}
