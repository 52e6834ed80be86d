import { expect, test } from 'vitest';
import { textWithoutBytes, withoutBytes } from '../src/genai-parts.ts';

test('Megabytes of words a little too short to be bytes are read in no time.', () => {
  const text = `${'a'.repeat(1_367)} `.repeat(1_500);
  const before = performance.now();
  expect(textWithoutBytes(text)).toBe(text);
  // One attempt at each letter took three seconds.
  expect(performance.now() - before).toBeLessThan(1_000);
});

test('A picture of many megabytes within a text gives way as well.', () => {
  const text = `See data:image/png;base64,${'aA1b'.repeat(2_000_000)} here`;
  expect(withoutBytes({ text: '', said: text })).toEqual({
    text: '',
    said: expect.stringMatching(/^See \[image\/png, 6000000 bytes, sha256 \w{64}\] here$/),
  });
  expect(textWithoutBytes(text)).toMatch(/^See \[image\/png, 6000000 bytes, sha256 \w{64}\] here$/);
});
