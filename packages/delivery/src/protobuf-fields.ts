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
