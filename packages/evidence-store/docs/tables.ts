/**
 * The part of docs/evidence-tables.md that the definitions say: a section for each table. `pnpm tables` writes it; a test
 * compares it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { tables } from '../src/index.ts';

export const page = new URL('../../../docs/evidence-tables.md', import.meta.url);
export const marker = '<!-- the rest is written by `pnpm tables` -->\n';

export function markdown(): string {
  const sections = tables.map(({ name, about, columns }) => {
    const rows = Object.entries(columns).map(
      ([column, [type, what]]) => `| \`${column}\` | ${type} | ${what} |\n`,
    );
    return `\n## ${name}\n\n${about}.\n\n| column | type | what it holds |\n| --- | --- | --- |\n${rows.join('')}`;
  });
  return sections.join('');
}

if (import.meta.main) {
  const [before = ''] = readFileSync(page, 'utf8').split(marker);
  writeFileSync(page, before + marker + markdown());
}
