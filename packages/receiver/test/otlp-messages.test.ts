import fc from 'fast-check';
import protobuf from 'protobufjs';
import { expect, test } from 'vitest';
import { ExportRequest, MessageType } from '../src/otlp-messages.ts';
import { readMessage } from '../src/read-message.ts';
import { ExportRequest as Official } from './official-messages.ts';

/** Every message that can stand in one of the type, with its fields as the official definitions name them. */
function official(type: protobuf.Type, found = new Map<string, unknown>()) {
  if (found.has(type.name)) return found;
  const fields = type.fieldsArray.map(({ name, id, type: kind, resolvedType, repeated, partOf }) => {
    const of = resolvedType instanceof protobuf.Enum ? 'enum' : (resolvedType?.name ?? kind);
    return [name, id, of, repeated, partOf !== null];
  });
  found.set(type.name, fields);
  for (const { resolvedType } of type.fieldsArray)
    if (resolvedType instanceof protobuf.Type) official(resolvedType, found);
  return found;
}

function ours(type: MessageType, found = new Map<string, unknown>()) {
  if (found.has(type.name)) return found;
  const nameOf = (kind: MessageType | string) => {
    if (kind instanceof MessageType) return kind.name;
    return kind === 'hex' ? 'bytes' : kind;
  };
  found.set(
    type.name,
    type.fields.map(({ name, number, type: kind, isList, isChoice }) => [
      name,
      number,
      nameOf(kind),
      isList,
      isChoice,
    ]),
  );
  for (const { type: inner } of type.fields) if (inner instanceof MessageType) ours(inner, found);
  return found;
}

test('The definitions are the official ones, field by field.', () => {
  expect(ours(ExportRequest)).toEqual(official(Official));
});

/** Any message of the type, as protobufjs takes it. */
function messages(type: protobuf.Type, depth: number): fc.Arbitrary<object> {
  const values: Record<string, fc.Arbitrary<unknown>> = {
    string: fc.string({ unit: 'binary', maxLength: 20 }),
    bytes: fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
    bool: fc.boolean(),
    double: fc.double(),
    int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
    fixed64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String),
    fixed32: fc.nat(0xffff_ffff),
    uint32: fc.nat(0xffff_ffff),
    int32: fc.integer(),
  };
  const shapes = type.fieldsArray.flatMap(({ name, type: kind, resolvedType, repeated }) => {
    if (resolvedType instanceof protobuf.Type && depth === 0) return [];
    const one =
      resolvedType instanceof protobuf.Type
        ? messages(resolvedType, depth - 1)
        : (values[resolvedType ? 'int32' : kind] ?? fc.constant(0));
    return [[name, repeated ? fc.array(one, { minLength: 1, maxLength: 2 }) : one] as const];
  });
  return fc.record(Object.fromEntries(shapes), { requiredKeys: [] });
}

/** Both readers' values in one form. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, plain(entry)]));
}

test('Any request is read as protobufjs reads it by the official definitions.', () => {
  fc.assert(
    fc.property(messages(Official, 6), (given) => {
      const bytes = Official.encode(Official.fromObject(given)).finish();
      const expected = Official.toObject(Official.decode(bytes), { longs: String });
      expect(plain(readMessage(ExportRequest, bytes))).toEqual(plain(expected));
    }),
    { numRuns: 300 },
  );
});

test('A field of another type than the definition’s is left out, and the others are read.', () => {
  // Span.name = 5 as a number, Span.kind = 6 as it should be, the unknown field 99.
  const bytes = Buffer.from([0x28, 7, 0x30, 3, 0x98, 0x06, 1]);
  const span = Buffer.concat([Buffer.from([0x12, bytes.length]), bytes]);
  const scope = Buffer.concat([Buffer.from([0x12, span.length]), span]);
  const request = Buffer.concat([Buffer.from([0x0a, scope.length]), scope]);
  expect(readMessage(ExportRequest, request)).toEqual({
    resourceSpans: [{ scopeSpans: [{ spans: [{ kind: 3 }] }] }],
  });
});
