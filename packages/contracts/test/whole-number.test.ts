import { expect, test } from 'vitest';
import { wholeNumber } from '../src/index.ts';

test('A range of whole numbers says what it allows, and takes numbers and digits from end to end.', () => {
  const { allowed, includes, parse } = wholeNumber(1, 10);

  expect(allowed).toBe('a whole number from 1 to 10');
  expect([1, 10].map(includes)).toEqual([true, true]);
  expect([0, 11, 2.5, Number.NaN, '5', null].map(includes)).not.toContain(true);
  expect(['1', '10', '007'].map(parse)).toEqual([1, 10, 7]);
  expect(
    ['', '0', '11', '2.5', '1e1', '-1', '+1', ' 1', '0x1', '９'].map(parse).every((n) => n === null),
  ).toBe(true);
});
