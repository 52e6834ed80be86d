import { expect, test } from 'vitest';
import { checkSection } from '../src/index.ts';

test('A section has text, and 262,144 characters of it at most.', () => {
  expect(['x', 'x'.repeat(262_144)].flatMap((text) => checkSection('/text', text))).toEqual([]);
  expect(['', ' \n', 'x'.repeat(262_145)].map((text) => checkSection('/text', text))).toEqual([
    [{ pointer: '/text', detail: 'must not be empty' }],
    [{ pointer: '/text', detail: 'must not be empty' }],
    [{ pointer: '/text', detail: 'must be at most 262144 characters' }],
  ]);
});
