import { expect, test } from 'vitest';
import { printable } from '../src/index.ts';

test.each([
  ['an escape sequence', 'a \u001b[31mred\u001b[0m b', 'a \\u001b[31mred\\u001b[0m b'],
  ['a window title', '\u001b]0;owned\u0007', '\\u001b]0;owned\\u0007'],
  ['the one-byte form of an escape sequence', '\u009b2J', '\\u009b2J'],
  ['a bell, a backspace and a delete', '\u0007\b\u007f', '\\u0007\\u0008\\u007f'],
  ['text whose direction is turned', 'a\u202eb\u2066c\u2069', 'a\\u202eb\\u2066c\\u2069'],
  ['breaks and tabs of every kind', 'a\r\n\tb\u2028c\u0085d\ve', 'a b c d e'],
  ['text that is printable as it is', 'Café 修理 🙂 שלום', 'Café 修理 🙂 שלום'],
])('%s', (_name, text, shown) => {
  expect(printable(text)).toBe(shown);
});
