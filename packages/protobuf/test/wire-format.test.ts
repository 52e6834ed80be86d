import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import protobuf from 'protobufjs/minimal.js';
import { expect, test, vi } from 'vitest';
import { ProtobufReader, ProtobufWriter, wireType } from '../src/index.ts';

/** A field of each kind, as protobufjs takes it and as our reader is asked for it. */
const field = fc.oneof(
  fc.record({ kind: fc.constant('text' as const), value: fc.string({ unit: 'binary', maxLength: 200 }) }),
  fc.record({ kind: fc.constant('content' as const), value: fc.uint8Array({ maxLength: 300 }) }),
  fc.record({ kind: fc.constant('int64' as const), value: fc.maxSafeInteger() }),
  fc.record({ kind: fc.constant('uint32' as const), value: fc.nat(0xffff_ffff) }),
  fc.record({ kind: fc.constant('int32' as const), value: fc.integer() }),
  fc.record({ kind: fc.constant('bool' as const), value: fc.boolean() }),
  fc.record({ kind: fc.constant('fixed32' as const), value: fc.nat(0xffff_ffff) }),
  fc.record({ kind: fc.constant('fixed64' as const), value: fc.maxSafeNat() }),
  fc.record({ kind: fc.constant('double' as const), value: fc.double() }),
);
const fields = fc.array(fc.tuple(fc.integer({ min: 1, max: 2 ** 29 - 1 }), field), { maxLength: 20 });

const types = {
  text: wireType.delimited,
  content: wireType.delimited,
  int64: wireType.varint,
  uint32: wireType.varint,
  int32: wireType.varint,
  bool: wireType.varint,
  fixed32: wireType.fixed32,
  fixed64: wireType.fixed64,
  double: wireType.fixed64,
};

type Fields = typeof fields extends fc.Arbitrary<infer T> ? T : never;

function writtenByProtobufjs(given: Fields): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const [number, { kind, value }] of given) {
    writer.uint32(((number << 3) | types[kind]) >>> 0);
    const method = kind === 'text' ? 'string' : kind === 'content' ? 'bytes' : kind;
    (writer[method] as (value: unknown) => unknown)(value);
  }
  return writer.finish();
}

test('What protobufjs writes is read as it was meant, with its tags and lengths.', () => {
  fc.assert(
    fc.property(fields, (given) => {
      const bytes = writtenByProtobufjs(given);
      const reader = new ProtobufReader(bytes);
      const found: Fields = [];
      const parts: Uint8Array[] = [];
      while (reader.next()) {
        const kind = given[found.length]?.[1].kind ?? 'text';
        expect(reader.is(reader.number, types[kind])).toBe(true);
        const value = kind === 'content' ? new Uint8Array(reader.content) : reader[kind];
        const plain = typeof value === 'bigint' ? Number(value) : value;
        found.push([reader.number, { kind, value: plain }] as Fields[number]);
        parts.push(reader.whole);
      }
      expect(found).toEqual(given);
      expect(Buffer.concat(parts)).toEqual(Buffer.from(bytes));
      expect(reader.isOver).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

test('What is written is what protobufjs writes.', () => {
  fc.assert(
    fc.property(fields, (given) => {
      const out = new ProtobufWriter(64);
      for (const [number, { kind, value }] of given.toReversed()) {
        if (kind === 'text') out.text(number, value);
        else if (kind === 'content') out.bytes(number, value);
        else if (kind === 'fixed32') out.fixed32(number, value);
        else if (kind === 'fixed64') out.fixed64(number, Math.floor(value / 2 ** 32), value % 2 ** 32);
        else if (kind === 'double') out.double(number, value);
        else out.varint(number, Number(value));
      }
      expect(Buffer.from(out.written)).toEqual(Buffer.from(writtenByProtobufjs(given)));
    }),
    { numRuns: 1_000 },
  );
});

test('Messages in messages are entered and left.', () => {
  const out = new ProtobufWriter();
  out.text(3, 'behind');
  out.messages(2, (inner, name: string) => inner.text(1, name), ['first', 'second']);
  const reader = new ProtobufReader(out.written);
  const found: string[] = [];
  while (reader.next()) {
    if (reader.is(3, wireType.delimited)) found.push(reader.text);
    else {
      const outer = reader.enter();
      while (reader.next()) found.push(reader.text);
      reader.leave(outer);
    }
  }
  expect(found).toEqual(['first', 'second', 'behind']);
});

test('Whatever the bytes, reading ends, and what is no protobuf is a RangeError.', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.boolean(), (bytes, parts) => {
      const reader = new ProtobufReader(bytes);
      try {
        while (parts ? reader.nextOrPart() : reader.next())
          expect(reader.to).toBeLessThanOrEqual(bytes.length);
        expect(reader.isOver).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }),
    { numRuns: 5_000 },
  );
});

test.each([
  ['a tag alone', [0x08], 'field 1 is cut off at 1'],
  ['a length that reaches too far', [0x0a, 5, 1], 'field 1 is cut off at 3'],
  ['a number without an end', [0x08, ...Array(11).fill(0x80)], 'has more than ten bytes'],
  ['a group', [0x0b], 'no field is of wire type 3'],
  ['the field 0', [0x00, 0], 'no field has the number 0'],
  ['a tag without an end', Array(6).fill(0xff), 'there is no tag and no length'],
])('%s is no protobuf, and the error says where.', (_name, bytes, message) => {
  expect(() => new ProtobufReader(Uint8Array.from(bytes)).next()).toThrow(message);
});

test('Of a field that is cut off there is what is there, for whoever asks for it.', () => {
  const reader = new ProtobufReader(Uint8Array.from([0x0a, 5, 65, 66]));
  expect([reader.nextOrPart(), reader.isCut, reader.text]).toEqual([true, true, 'AB']);
});

test('The README’s example prints what it says.', async () => {
  const readme = await readFile(join(import.meta.dirname, '../README.md'), 'utf8');
  const [, example = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const print = vi.spyOn(console, 'log').mockImplementation(() => {});
  const source = example.replace(
    "'@agento/protobuf'",
    JSON.stringify(new URL('../src/index.ts', import.meta.url)),
  );
  await import(`data:text/javascript,${encodeURIComponent(source)}`);
  expect(print.mock.calls).toEqual([['Hello'], [3n]]);
  print.mockRestore();
});
