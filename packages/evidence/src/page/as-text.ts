import { printable, printableLines } from '@agento/contracts';
import type { Colors } from '../render-span.ts';
import { columnsOf, cutTo, padded } from './columns.ts';
import type { Block, Entry, Page } from './page.ts';
import { wrapped } from './wrap.ts';

/** The page for a terminal of this width, or for a pipe. Nothing in it can control the terminal. */
export function pageAsText(page: Page, { colors, width }: { colors: Colors; width: number }): string {
  const lines = page.flatMap((block, index) => {
    const before = page[index - 1]?.is;
    const begins = block.is === 'prose' ? before !== 'heading' && before !== 'title' : starting.has(block.is);
    return [...(index > 0 && begins ? [''] : []), ...linesOf(block, colors, Math.max(40, width))];
  });
  return `${lines.join('\n')}\n`;
}

/** Blocks with an empty line before them. */
const starting = new Set(['title', 'heading', 'verbatim']);

function linesOf(block: Block, colors: Colors, width: number): string[] {
  switch (block.is) {
    case 'title':
      return wrapped(printable(block.text), width).map(colors.bold);
    case 'heading':
      return [colors.bold(colors.cyan(printable(block.text)))];
    case 'facts':
      return factLines(block.facts, colors, width);
    case 'prose':
      return wrapped(printableLines(block.text), width);
    case 'verbatim':
      return [
        colors.bold(colors.cyan(printable(block.name))),
        ...wrapped(printableLines(block.text), width - 2).map((line) => (line === '' ? '' : `  ${line}`)),
      ];
    case 'entries':
      return block.entries.flatMap((entry) => entryLines(entry, colors, width));
    case 'table':
      return tableLines(block.rows, block.numbers ?? [], colors, width);
  }
}

function factLines(facts: [string, string | null | undefined][], colors: Colors, width: number): string[] {
  const known = facts.flatMap(([name, value]) => (value ? [[name, value] as const] : []));
  const column = known.reduce((most, [name]) => Math.max(most, name.length), 0) + 2;
  return known.flatMap(([name, value]) =>
    wrapped(printable(value), width - column).map((line, index) =>
      index === 0 ? colors.dim(name.padEnd(column)) + line : ' '.repeat(column) + line,
    ),
  );
}

const marks = { good: '✔', bad: '✖', odd: '!' };

function entryLines({ head, body, tone }: Entry, colors: Colors, width: number): string[] {
  const paint = tone === 'good' ? colors.green : tone === 'bad' ? colors.red : colors.yellow;
  const mark = tone ? `${paint(marks[tone])} ` : '  ';
  const [first = '', ...rest] = wrapped(printable(head), width - 2);
  const below = body ? wrapped(printableLines(body), width - 6) : [];
  return [
    mark + first,
    ...rest.map((line) => `    ${line}`),
    ...below.map((line) => (line === '' ? '' : `      ${colors.dim(line)}`)),
  ];
}

/** The last column is cut where the line would be too long. */
function tableLines(rows: string[][], numbers: number[], colors: Colors, width: number): string[] {
  const cells = rows.map((row) => row.map(printable));
  const columns = cells[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, column) =>
    cells.reduce((most, row) => Math.max(most, columnsOf(row[column] ?? '')), 0),
  );
  return cells.map((row, index) => {
    const inColumns = row.map((cell, column) =>
      padded(cell, widths[column] ?? 0, numbers.includes(column) ? 'before' : 'after'),
    );
    const line = cutTo(inColumns.join('  ').trimEnd(), width);
    return index === 0 ? colors.dim(line) : line;
  });
}
