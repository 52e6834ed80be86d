import { expect, test } from 'vitest';
import { cut } from '../src/index.ts';

test('A text that is short enough stays; a longer one ends where a word ends, and says that it was cut.', () => {
  expect(cut('as it is', 8)).toBe('as it is');
  expect(cut('one two three', 10)).toBe('one two …');
  expect(cut('x'.repeat(1_000), 300)).toBe('xxxxxxxx…');
  expect(cut('x'.repeat(1_000), 3)).toBe('xxx…');
});

test('The half of a secret that stands at the cut is not kept, however long it is.', () => {
  for (const secret of [`sk-proj-${'a1B2'.repeat(20)}`, `eyJ${'a1B2'.repeat(200)}`]) {
    for (let before = 250; before < 300; before += 7) {
      expect(cut(`${'x '.repeat(before / 2)}${secret}`, 300)).not.toContain(secret.slice(0, 8));
    }
  }
});
