import { ProtobufReader, wireType } from '@agento/protobuf';
import { type MessageField, MessageType, type Scalar } from './otlp-messages.ts';

/** Levels of messages within each other, as Protobuf's own readers have it. */
export const deepest = 100;

/** How each kind of value stands in a message, and what it is read as. */
const scalars: Record<Scalar, [type: number, read: (reader: ProtobufReader) => unknown]> = {
  string: [wireType.delimited, (reader) => reader.text],
  hex: [wireType.delimited, (reader) => reader.content],
  bytes: [wireType.delimited, (reader) => reader.content],
  bool: [wireType.varint, (reader) => reader.bool],
  double: [wireType.fixed64, (reader) => reader.double],
  int32: [wireType.varint, (reader) => reader.int32],
  uint32: [wireType.varint, (reader) => reader.uint32],
  enum: [wireType.varint, (reader) => reader.int32],
  fixed32: [wireType.fixed32, (reader) => reader.fixed32],
  int64: [wireType.varint, (reader) => reader.int64],
  fixed64: [wireType.fixed64, (reader) => reader.fixed64],
};

/**
 * A serialized message as an object: 64-bit integers are bigints, bytes are views. Fields that the definitions do not
 * know, or know otherwise, are left out. Throws a RangeError where it is no protobuf.
 */
export function readMessage(type: MessageType, bytes: Uint8Array): object {
  return readFields(type, new ProtobufReader(bytes), 0);
}

function readFields(type: MessageType, reader: ProtobufReader, depth: number): object {
  if (depth > deepest) throw new RangeError(`${type.name} is nested deeper than ${deepest} levels`);
  let message: Record<string, unknown> = {};
  while (reader.next()) {
    const field = type.field(reader.number);
    if (!field || reader.type !== wireTypeOf(field)) continue;
    const value = readValue(field, reader, depth);
    // All fields of a message that has choices are choices: the last counts.
    if (field.isChoice) message = { [field.name]: value };
    else if (!field.isList) message[field.name] = value;
    else if (Array.isArray(message[field.name])) (message[field.name] as unknown[]).push(value);
    else message[field.name] = [value];
  }
  return message;
}

function readValue({ type }: MessageField, reader: ProtobufReader, depth: number): unknown {
  if (!(type instanceof MessageType)) return scalars[type][1](reader);
  const outer = reader.enter();
  const message = readFields(type, reader, depth + 1);
  reader.leave(outer);
  return message;
}

function wireTypeOf({ type }: MessageField): number {
  return type instanceof MessageType ? wireType.delimited : scalars[type][0];
}
