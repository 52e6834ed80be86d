import protobuf from 'protobufjs/minimal.js';
import { joinSpans, placedSpans, spanField } from './otlp-request.ts';
import { type Field, readFields, readText, writeField } from './protobuf-fields.ts';

export interface Shed {
  bytes: Uint8Array;
  /** How much content was taken out this time. */
  shedBytes: number;
  /** The span had shed content before. */
  again: boolean;
}

// Span.attributes = 9, Span.events = 11; Event.name = 2; KeyValue.key = 1, .value = 2;
// AnyValue.bool_value = 2, .int_value = 3
const attributesField = 9;
const eventsField = 11;
const marker = 'agento.shed';
const markerBytes = 'agento.shed.bytes';
const largeEvent = 8_192;
const largeAttribute = 1_024;
const markerRoom = 64;

/**
 * The request of one span with content taken out until it has at most that many bytes: the events
 * named in `shedFirst`, all of them, then other large events and then large attributes, the largest first. The span
 * says so (`agento.shed`, `agento.shed.bytes`). Null when that does not make it small enough.
 */
export function shedSpan(request: Uint8Array, maxBytes: number, shedFirst: readonly string[]): Shed | null {
  const [placed] = placedSpans(request);
  if (!placed) return null;
  const { kept, before } = withoutMarker(readFields(placed.span.content));
  const tooMuch = () => request.length - shedBytes + markerRoom > maxBytes;
  const gone = new Set<Field>();
  let shedBytes = 0;
  const take = (field: Field) => {
    gone.add(field);
    shedBytes += field.whole.length;
  };

  for (const field of kept) {
    if (field.number === eventsField && shedFirst.includes(readText(field.content, 2))) take(field);
  }
  const rest = [
    ...largest(kept, eventsField, largeEvent).filter((field) => !gone.has(field)),
    ...largest(kept, attributesField, largeAttribute),
  ];
  for (const field of rest) if (tooMuch()) take(field);
  if (shedBytes === 0 || tooMuch()) return null;

  const parts = kept.filter((field) => !gone.has(field)).map((field) => field.whole);
  parts.push(
    keyValue(marker, (value) => value.uint32(16).bool(true)),
    keyValue(markerBytes, (value) => value.uint32(24).int64(before + shedBytes)),
  );
  const whole = writeField(spanField, parts);
  const span = { number: spanField, whole, content: whole };
  return { bytes: joinSpans([{ ...placed, span }]), shedBytes, again: before > 0 };
}

function largest(fields: Field[], number: number, atLeast: number): Field[] {
  return fields
    .filter((field) => field.number === number && field.whole.length >= atLeast)
    .sort((one, other) => other.whole.length - one.whole.length);
}

/** A span that shed before carries the marker already: it is replaced, and its bytes are added up. */
function withoutMarker(fields: Field[]): { kept: Field[]; before: number } {
  let before = 0;
  const kept = fields.filter((field) => {
    if (field.number !== attributesField || field.content.length > markerRoom) return true;
    const key = readText(field.content, 1);
    if (key === markerBytes) {
      const value = readFields(field.content).find((part) => part.number === 2);
      if (value) before = Number(protobuf.Reader.create(value.content.subarray(1)).int64());
    }
    return key !== marker && key !== markerBytes;
  });
  return { kept, before };
}

function keyValue(key: string, write: (value: protobuf.Writer) => protobuf.Writer): Uint8Array {
  return writeField(attributesField, [
    writeField(1, [Buffer.from(key)]),
    writeField(2, [write(protobuf.Writer.create()).finish()]),
  ]);
}
