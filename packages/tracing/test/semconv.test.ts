import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { markdown, marker, measured, originOf, others, page, written } from '../docs/genai.ts';
import genAi from './semconv/gen-ai.json' with { type: 'json' };

/** Names under gen_ai that the conventions do not have, or have given up, and why they are written all the same. */
const excepted: Record<string, string> = {
  'gen_ai.usage.cache_creation.input_tokens':
    'the old name of gen_ai.usage.cache_write.input_tokens, for those who read that; gone with 1.2.0',
};

describe('The names under gen_ai', () => {
  const names = [
    ...written.filter((name) => name.startsWith('gen_ai.')),
    ...measured.flatMap(({ name, attributes }) => [
      name,
      ...attributes.filter((name) => /^gen_ai\./.test(name)),
    ]),
  ];

  test('are in the published conventions, but for those that are excepted with a reason.', () => {
    const known = new Set([...genAi.attributes, ...genAi.events, ...genAi.metrics]);

    expect(names.filter((name) => !known.has(name))).toEqual(Object.keys(excepted));
  });

  test('would be found out if they were none of theirs.', () => {
    expect(originOf('gen_ai.usage.cached_tokens')).toBeUndefined();
  });

  test('each have a file and a stability.', () => {
    expect(names.filter((name) => !originOf(name))).toEqual([]);
  });
});

test('Of the other conventions no name is kept that is not written.', () => {
  const kept = others.flatMap(({ attributes }) => Object.keys(attributes));

  expect(kept.filter((name) => !written.includes(name))).toEqual([]);
});

test('docs/genai.md has every name as names.ts and the conventions do (`pnpm tables` writes it).', () => {
  const [, generated = ''] = readFileSync(page, 'utf8').split(marker);
  const cells = (text: string) =>
    text
      .split('\n')
      .map((line) => line.replace(/\s*\|\s*/g, '|').trim())
      .filter((line) => line !== '' && !/^[|-]+$/.test(line));

  expect(cells(generated)).toEqual(cells(markdown()));
});
