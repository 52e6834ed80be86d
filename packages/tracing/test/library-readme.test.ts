import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as library from '../src/index.ts';

const root = join(import.meta.dirname, '..');
const readme = await readFile(join(root, 'README.md'), 'utf8');

describe('the README', () => {
  test('names every export, and none that is not there', () => {
    const tables = readme.slice(readme.indexOf('## Every export'));
    const rows = tables.split('\n').filter((line) => /^\| `/.test(line));
    const named = rows.flatMap((row) =>
      [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name),
    );
    expect(named.sort()).toEqual(Object.keys(library).sort());
  });

  test('shows the quick start as it is run', async () => {
    expect(readme).toContain(await readFile(join(root, 'examples/quick-start.ts'), 'utf8'));
  });

  test('leads only to files and headings that are there', async () => {
    const links = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link);
    const headings = [...readme.matchAll(/^## (.+)$/gm)].map(
      ([, heading = '']) =>
        `#${heading
          .toLowerCase()
          .replaceAll(/[^\w\s-]/g, '')
          .replaceAll(' ', '-')}`,
    );
    for (const link of links.filter((link) => !link.startsWith('https:'))) {
      if (link.startsWith('#')) expect(headings).toContain(link);
      else expect(await readFile(join(root, link), 'utf8')).not.toBe('');
    }
  });
});
