import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { RecordedSpan } from '../src/model.ts';
import { payloadOf } from '../src/payload.ts';

/** A span that has these events, and the cut beginning of `note`. */
function spanWith(events: [name: string, attributes: RecordedSpan['attributes']][]): RecordedSpan {
  return {
    attributes: { note_truncated: 'b', note_size: 9_000, payload_truncated: true },
    events: events.map(([name, attributes]) => ({ name, attributes })),
  } as unknown as RecordedSpan;
}

/** A value as the events of its compressed parts, of so many hex digits each. */
function compressed(value: string, digits: number): [string, RecordedSpan['attributes']][] {
  const hex = gzipSync(value).toString('hex');
  const parts = Math.ceil(hex.length / digits);
  return Array.from({ length: parts }, (_, index) => [
    'ai.payload.large.compressed',
    { note: hex.slice(index * digits, (index + 1) * digits), ...(parts > 1 && { part: index + 1, parts }) },
  ]);
}

const first = 'a'.repeat(9_000);
const second = 'b'.repeat(9_000);

test.each([
  ['one event', [['ai.payload.large', { note: second }]]],
  ['compressed parts in any order', compressed(second, 20).toReversed()],
  [
    'the last of two values',
    [
      ['ai.payload.large', { note: first }],
      ['ai.payload.large', { note: second }],
    ],
  ],
  ['the last of two compressed values', [...compressed(first, 16), ...compressed(second, 1_000)]],
  ['a value that was compressed before', [...compressed(first, 20), ['ai.payload.large', { note: second }]]],
  ['a value that was not before', [['ai.payload.large', { note: first }], ...compressed(second, 20)]],
] as [string, [string, RecordedSpan['attributes']][]][])(
  'A large value is read whole from %s.',
  (_name, events) => {
    expect(payloadOf(spanWith(events), 'note')).toEqual({ text: second, whole: true });
  },
);

test('A part that is missing is no value.', () => {
  expect(payloadOf(spanWith(compressed(second, 20).slice(1)), 'note')).toBeNull();
  const forged = { note: '1f8b08', part: 1, parts: 2 ** 40 };
  expect(payloadOf(spanWith([['ai.payload.large.compressed', forged]]), 'note')).toBeNull();
});
