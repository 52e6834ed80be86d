import { ProtobufReader, wireType } from '@agento/protobuf';
import { limits, Refusal, type Tally } from './limits.ts';
import { ExportRequest, MessageType, ResourceSpans, ScopeSpans, Span } from './otlp-messages.ts';
import { type Encoding, type Ranges, type ResourceOutline, type ScopeOutline, sizeOf } from './outline.ts';
import { deepest, readMessage } from './read-message.ts';

export const protobufEncoding: Encoding = {
  // Logs and metrics have their lists in fields of the same numbers.
  hint: '. Is it a trace request? This endpoint takes nothing else.',
  async outline(body, tally, turn) {
    const reader = new ProtobufReader(body);
    try {
      const resources: ResourceOutline[] = [];
      for (const _resource of entries(body, reader, tally, ExportRequest, 'resourceSpans', [])) {
        const resource: ResourceOutline = { own: [], scopes: [] };
        resources.push(resource);
        for (const _scope of entries(body, reader, tally, ResourceSpans, 'scopeSpans', resource.own)) {
          const scope: ScopeOutline = { own: [], spans: [] };
          resource.scopes.push(scope);
          for (const _span of entries(body, reader, tally, ScopeSpans, 'spans', scope.own)) {
            scope.spans.push(reader.from, reader.to);
            tally.span(lengthAsText(reader.content));
            countValues(new ProtobufReader(body, reader.from, reader.to), Span, tally);
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
  readSpan: (part) => readMessage(Span, part),
  readOwn: (type, parts) => readMessage(type, Buffer.concat(parts)),
};

/**
 * The entries of one list of the message that the reader is in: yields with the reader in each, at its beginning. The
 * places of the other fields go to `own`.
 */
function* entries(
  body: Buffer,
  reader: ProtobufReader,
  tally: Tally,
  type: MessageType,
  list: string,
  own: Ranges,
): Generator<void> {
  const wanted = type.fields.find(({ name }) => name === list)?.number ?? 0;
  while (reader.next()) {
    if (reader.is(wanted, wireType.delimited)) {
      const outer = reader.enter();
      yield;
      reader.leave(outer);
    } else {
      own.push(reader.start, reader.to);
      countValues(new ProtobufReader(body, reader.start, reader.to), type, tally);
    }
  }
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

/** Passes a message's fields, at all depths; one that is broken is refused, with the reason, where it is read. */
function countValues(reader: ProtobufReader, type: MessageType, tally: Tally): void {
  const visit = (message: MessageType, depth: number) => {
    while (reader.next()) {
      tally.value();
      const inner = message.field(reader.number)?.type;
      if (!(inner instanceof MessageType) || reader.type !== wireType.delimited || depth >= deepest) continue;
      const outer = reader.enter();
      visit(inner, depth + 1);
      reader.leave(outer);
    }
  };
  try {
    visit(type, 0);
  } catch (error) {
    if (error instanceof Refusal) throw error;
  }
}
