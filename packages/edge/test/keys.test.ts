import { expect, test } from 'vitest';
import { bearerOf, keyCheck } from '../src/index.ts';

test('A bearer key is read from its header, in any case of the scheme, and from nothing else.', () => {
  expect(bearerOf('Bearer abc')).toBe('abc');
  expect(bearerOf('BEARER  abc')).toBe('abc');
  for (const header of [undefined, '', 'Bearer', 'Bearer ', 'Basic abc', 'Bearer a b', 'abc']) {
    expect(bearerOf(header)).toBeNull();
  }
});

test('Any of the keys is good, whole and as it is written.', () => {
  const isGood = keyCheck(['first-of-the-keys', 'second-of-the-keys']);

  expect(['first-of-the-keys', 'second-of-the-keys'].map(isGood)).toEqual([true, true]);
  for (const token of [
    '',
    'first',
    'first-of-the-keys ',
    'FIRST-OF-THE-KEYS',
    'first-of-the-keys,second-of-the-keys',
  ]) {
    expect(isGood(token)).toBe(false);
  }
  expect(keyCheck([])('')).toBe(false);
});
