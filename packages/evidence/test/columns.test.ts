import picocolors from 'picocolors';
import { expect, test } from 'vitest';
import { pageAsText } from '../src/index.ts';

const shown = (rows: string[][], width = 40) =>
  pageAsText([{ is: 'table', rows }], { colors: picocolors.createColors(false), width });

test('columns stand below each other whatever the script of their cells', () => {
  expect(
    shown([
      ['a', 'b'],
      ['修理カフェ', '1'],
      ['repair', '2'],
      ['👩‍👩‍👧', '3'],
      ['한국', '4'],
      ['cafe\u0301', '5'],
    ]),
  ).toBe(
    'a           b\n' +
      '修理カフェ  1\n' +
      'repair      2\n' +
      '👩‍👩‍👧          3\n' +
      '한국        4\n' +
      'cafe\u0301        5\n',
  );
});

test('a line is cut where the screen ends, and not within a character', () => {
  expect(shown([['修理カフェを開く計画を小さな町で立てる人々']])).toBe(
    '修理カフェを開く計画を小さな町で立てる…\n',
  );
  expect(shown([[`${'x'.repeat(38)}👩‍👩‍👧 and more`]])).toBe(`${'x'.repeat(38)}…\n`);
});

test('prose in wide characters is wrapped by what it takes on the screen', () => {
  const page = pageAsText([{ is: 'prose', text: Array(8).fill('修理カフェ').join(' ') }], {
    colors: picocolors.createColors(false),
    width: 40,
  });

  expect(page.split('\n')).toEqual([
    '修理カフェ 修理カフェ 修理カフェ',
    '修理カフェ 修理カフェ 修理カフェ',
    '修理カフェ 修理カフェ',
    '',
  ]);
});
