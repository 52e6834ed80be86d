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
          else expect(compilePattern(given)(text) >= 0).toBe(expected.test(text));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('minds the case of letters only if told to.', () => {
    expect(compilePattern('tbd')('It is TBD.')).toBe(9);
    expect(compilePattern('tbd', { ignoreCase: false })('It is TBD.')).toBe(-1);
    expect(compilePattern('[^a]')('A')).toBe(-1);
  });

  test('that takes JavaScript longer than anybody waits is searched in one pass.', () => {
    expect(compilePattern('(a+)+b')('a'.repeat(200_000))).toBe(-1);
    expect(compilePattern('(a|aa){1,25}c')('a'.repeat(200_000))).toBe(-1);
  });

  test.each([
    ['(?=a)', '(? can only begin (?:, there is no look-around (at character 2 of "(?=a)")'],
    [
      '(a)\\1',
      '\\1 is not known here: there are \\d \\w \\s \\D \\W \\S \\b \\B \\n \\r \\t (at character 5 of "(a)\\\\1")',
    ],
    ['a+?b', 'a repetition cannot be lazy or possessive (at character 3 of "a+?b")'],
    ['a**', 'a repetition cannot be repeated: put it into a group (at character 4 of "a**")'],
    ['a{1,500}', 'a repetition can count to 100 at most (at character 2 of "a{1,500}")'],
    ['a{x}', '{ must begin {2}, {2,} or {2,5}, or be \\{ (at character 2 of "a{x}")'],
    ['(a{100}){100}', 'is too large: with its repetitions written out it has over 200 steps'],
    ['(a', 'a group is not closed (at character 3 of "(a")'],
    ['a)', 'a group is closed that was not opened (at character 2 of "a)")'],
    ['[a', 'a class is not closed (at character 3 of "[a")'],
    ['a*', 'fits an empty text, too: it would find nothing in particular'],
  ])('%s is refused in words.', (given, message) => {
    expect(() => compilePattern(given)).toThrow(message);
  });
});
