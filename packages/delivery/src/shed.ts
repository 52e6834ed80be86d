import { ProtobufReader, ProtobufWriter, wireType } from '@agento/protobuf';
import { type Field, joinSpans, placedSpans, readFields, spanField } from './otlp-request.ts';

export interface Shed {
  bytes: Uint8Array;
  /** How much content was removed this time. */
  shedBytes: number;
  /** The span had shed content before. */
  again: boolean;
}

// Span.attributes = 9, .events = 11; Event.name = 2; KeyValue.key = 1, .value = 2; AnyValue.bool_value = 2, .int_value = 3
const attributesField = 9;
const eventsField = 11;
const eventName = 2;
const keyField = 1;
const valueField = 2;
const boolValue = 2;
const intValue = 3;
const marker = 'agento.shed';
const markerBytes = 'agento.shed.bytes';
const largeEvent = 8_192;
const largeAttribute = 1_024;
const markerRoom = 64;

/**
 * The request of one span, with content removed until it has at most that many bytes: first all events named in
 * `shedFirst`, then other large events, then large attributes, largest first. The span says so (`agento.shed`,
 * `agento.shed.bytes`). Null if that is not enough.
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
    if (field.number === eventsField && shedFirst.includes(readText(field.content, eventName))) take(field);
  }
  const rest = [
    ...largest(kept, eventsField, largeEvent).filter((field) => !gone.has(field)),
    ...largest(kept, attributesField, largeAttribute),
  ];
  for (const field of rest) if (tooMuch()) take(field);
  if (shedBytes === 0 || tooMuch()) return null;

  const left = kept.filter((field) => !gone.has(field));
  const whole = spanOf(left, before + shedBytes);
  const span = { number: spanField, whole, content: whole };
  return { bytes: joinSpans([{ ...placed, span }]), shedBytes, again: before > 0 };
}

function largest(fields: Field[], number: number, atLeast: number): Field[] {
  return fields
    .filter((field) => field.number === number && field.whole.length >= atLeast)
    .sort((one, other) => other.whole.length - one.whole.length);
}

/** A span that shed before already has the marker: it is replaced, and the bytes are added up. */
function withoutMarker(fields: Field[]): { kept: Field[]; before: number } {
  let before = 0;
  const kept = fields.filter((field) => {
    if (field.number !== attributesField || field.content.length > markerRoom) return true;
    const key = readText(field.content, keyField);
    if (key === markerBytes) before = readInteger(field.content);
    return key !== marker && key !== markerBytes;
  });
  return { kept, before };
}

/** The string field with that number; empty if the message has none. */
function readText(message: Uint8Array, number: number): string {
  const reader = new ProtobufReader(message);
  while (reader.next()) if (reader.is(number, wireType.delimited)) return reader.text;
  return '';
}

/** The integer of a KeyValue; 0 if it has none. */
function readInteger(keyValue: Uint8Array): number {
  const reader = new ProtobufReader(keyValue);
  while (reader.next()) {
    if (!reader.is(valueField, wireType.delimited)) continue;
    const value = new ProtobufReader(reader.content);
    while (value.next()) if (value.is(intValue, wireType.varint)) return Number(value.int64);
  }
  return 0;
}

/** The span's field: what is left of it, followed by the marker. */
function spanOf(left: Field[], shedBytes: number): Uint8Array {
  const size = left.reduce((sum, { whole }) => sum + whole.length, 2 * markerRoom);
  const out = new ProtobufWriter(size);
  out.message(spanField, writeSpan, { left, shedBytes });
  return out.written;
}

function writeSpan(out: ProtobufWriter, { left, shedBytes }: { left: Field[]; shedBytes: number }): void {
  writeAttribute(out, markerBytes, intValue, shedBytes);
  writeAttribute(out, marker, boolValue, 1);
  for (const { whole } of left.toReversed()) out.raw(whole);
}

function writeAttribute(out: ProtobufWriter, key: string, type: number, number: number): void {
  const end = out.length;
  out.varint(type, number);
  out.enclose(valueField, end);
  out.text(keyField, key);
  out.enclose(attributesField, end);
}
