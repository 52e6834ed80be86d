import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { page, placeOf, tables } from '../docs/tables.ts';

const text = readFileSync(page, 'utf8');

/** The cells of a Markdown table, whatever their width. */
function cellsOf(table: string): string[][] {
  const rows = table
    .trim()
    .split('\n')
    .map((row) =>
      row
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
  return rows.filter((_row, index) => index !== 1);
}

describe('docs/telemetry.md', () => {
  test.each(Object.keys(tables))('says of %s what the definitions say (`pnpm tables` writes it).', (name) => {
    const [, , table = ''] = placeOf(name).exec(text) ?? [];

    expect(cellsOf(table)).toEqual(tables[name]);
  });
});
