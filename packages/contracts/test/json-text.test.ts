import { describe, expect, test } from 'vitest';
import { endOfString, tooMuchIn } from '../src/index.ts';

test.each([
  ['"ab" ', 3],
  ['"a\\"b"', 5],
  ['"a\\\\"b"', 4],
  ['""', 1],
  ['"never ends', 11],
  ['"ends in an escape\\"', 20],
])('The string in %s ends at %i.', (text, end) => {
  expect(endOfString(text, 0)).toBe(end);
});

describe('Of a JSON text', () => {
  const excess = (text: string, depth = 3, values = 5) => tooMuchIn(text, { depth, values, string: 16 });

  test('depth and values are counted, and what stands in strings is not.', () => {
    expect(excess('[[[1]]]')).toBeNull();
    expect(excess('[[[[1]]]]')).toBe('depth');
    expect(excess('[1,2,3,4,5]')).toBeNull();
    expect(excess('[1,2,3,4,5,6]')).toBe('values');
    expect(excess('["[[[[,,,\\"[[[["]')).toBeNull();
  });

  test('no string may be longer than that, as it is written.', () => {
    expect(excess('["0123456789abcdef"]')).toBeNull();
    expect(excess('{"0123456789abcdefg":1}')).toBe('string');
    expect(excess('["\\u0061\\u0061\\u0061"]')).toBe('string');
  });

  test('what is left is shared by texts that are read one after the other.', () => {
    const left = { depth: 3, values: 5, string: 9 };

    expect([tooMuchIn('[1,2]', left), tooMuchIn('[1,2]', left), tooMuchIn('[1,2]', left)]).toEqual([
      null,
      null,
      'values',
    ]);
  });
});
