import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePattern } from '../src/index.ts';

/** Patterns of the known kind: each is a JavaScript pattern of the same meaning. */
const pattern = fc.letrec<{ one: string; many: string; all: string }>((tie) => ({
  one: fc.oneof(
    fc.constantFrom('a', 'b', 'C', '.', '\\d', '\\w', '\\s', '[ab]', '[^a]', '[a-c_]', '\\.', '\\b'),
    tie('all').map((inner) => `(?:${inner})`),
  ),
  many: fc
    .tuple(tie('one'), fc.constantFrom('', '*', '+', '?', '{2}', '{1,3}', '{2,}'))
    .map(([one, times]) => (one === '\\b' ? one : one + times)),
  all: fc.oneof(
    { maxDepth: 3 },
    fc.array(tie('many'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('')),
    fc.tuple(tie('many'), tie('many')).map((parts) => parts.join('|')),
  ),
})).all;

/** A pattern whose repetitions do not multiply beyond what is allowed. */
function isSmall(given: string): boolean {
  try {
    compilePattern(`x${given}`);
    return true;
  } catch {
    return false;
  }
}

describe('A pattern', () => {
  test('finds what the same regular expression of JavaScript finds.', () => {
    fc.assert(
      fc.property(
        pattern,
        fc.string({ unit: fc.constantFrom('a', 'b', 'c', '_', ' ', '1', '.', '\n') }),
        (given, text) => {
          const expected = new RegExp(given, 'i');
          fc.pre(isSmall(given));
          if (expected.test('')) expect(() => compilePattern(given)).toThrow('fits an empty text');
          else expect(compilePattern(given)(text)).toBe(expected.test(text));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('minds the case of letters only if told to.', () => {
    expect(compilePattern('tbd')('It is TBD.')).toBe(true);
    expect(compilePattern('tbd', { ignoreCase: false })('It is TBD.')).toBe(false);
    expect(compilePattern('[^a]')('A')).toBe(false);
  });

  test('that takes JavaScript longer than anybody waits is searched in one pass.', () => {
    expect(compilePattern('(a+)+b')('a'.repeat(200_000))).toBe(false);
    expect(compilePattern('(a|aa){1,25}c')('a'.repeat(200_000))).toBe(false);
  });

  test.each([
    ['(?=a)', 'invalid or unsupported Perl syntax: `(?=`'],
    ['(a)\\1', 'invalid escape sequence: `\\1`'],
    ['a**', 'invalid nested repetition operator: `**`'],
    ['a{1,500}', 'is too large: with its repetitions written out it has over 200 steps'],
    ['(a{100}){100}', 'invalid repeat count: `{100}`'],
    ['(a', 'missing closing )'],
    ['a)', 'unexpected )'],
    ['[a', 'missing closing ]'],
    ['a*', 'fits an empty text, too: it would find nothing in particular'],
  ])('%s is refused in words.', (given, message) => {
    expect(() => compilePattern(given)).toThrow(message);
  });
});
