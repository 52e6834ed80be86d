import protobuf from 'protobufjs/minimal.js';

/** One field of a serialized message, as views of it. */
export interface Field {
  number: number;
  /** The field with its tag and length. */
  whole: Uint8Array;
  /** What is inside it, when it is a text, bytes or a message. */
  content: Uint8Array;
}

const lengthDelimited = 2;

/** The fields of a serialized message, in order, not looked into. Throws when the bytes are no protobuf. */
export function readFields(message: Uint8Array): Field[] {
  const reader = protobuf.Reader.create(message);
  const fields: Field[] = [];
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const tag = reader.uint32();
    let inside = reader.pos;
    if ((tag & 7) === lengthDelimited) {
      const size = reader.uint32();
      inside = reader.pos;
      reader.skip(size);
    } else {
      reader.skipType(tag & 7);
    }
    fields.push({
      number: tag >>> 3,
      whole: message.subarray(start, reader.pos),
      content: message.subarray(inside, reader.pos),
    });
  }
  return fields;
}

/**
 * The same of a message that may have broken off: what could be read of it. Of a text, bytes or message that broke off
 * itself, `content` is what is there and `whole` is empty.
 */
export function readBrokenFields(message: Uint8Array): Field[] {
  const fields: Field[] = [];
  let rest = message;
  try {
    while (rest.length > 0) {
      const reader = protobuf.Reader.create(rest);
      const number = reader.uint32() >>> 3;
      if ((rest[0] ?? 0) % 8 === lengthDelimited) {
        const size = reader.uint32();
        const content = rest.subarray(reader.pos, reader.pos + size);
        const isWhole = content.length === size;
        const end = reader.pos + content.length;
        fields.push({ number, whole: isWhole ? rest.subarray(0, end) : new Uint8Array(), content });
        rest = rest.subarray(end);
      } else {
        reader.skipType((rest[0] ?? 0) % 8);
        const whole = rest.subarray(0, reader.pos);
        fields.push({ number, whole, content: whole });
        rest = rest.subarray(reader.pos);
      }
    }
  } catch {
    // What comes from here on is no protobuf.
  }
  return fields;
}

/** A length-delimited field around the parts. */
export function writeField(number: number, parts: Uint8Array[]): Uint8Array {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  const head = protobuf.Writer.create()
    .uint32((number << 3) | lengthDelimited)
    .uint32(size)
    .finish();
  return Buffer.concat([head, ...parts]);
}

/** The text field of that number; empty when the message has none. */
export function readText(message: Uint8Array, number: number): string {
  const field = readFields(message).find((candidate) => candidate.number === number);
  return field ? new TextDecoder().decode(field.content) : '';
}
