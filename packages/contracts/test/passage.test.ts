import { expect, test } from 'vitest';
import { holds } from '../src/passage.ts';

test('A passage is found wherever it stands, and only where it does.', () => {
  const texts = ['', 'a', 'aab', 'abaabab', 'abababac', 'aabaacaabaab', 'zażółć 🫖 gęślą'];
  const passages = ['', 'a', 'ab', 'aab', 'abab', 'ababac', 'aabaab', 'aaa', '🫖', 'ć 🫖 g', 'abababacd'];

  const wrong = texts.flatMap((text) =>
    passages.filter((passage) => holds(text, passage) !== text.includes(passage)),
  );

  expect(wrong).toEqual([]);
});
