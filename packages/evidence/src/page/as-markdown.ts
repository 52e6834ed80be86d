import { printable, printableLines } from '@agento/contracts';
import type { Block, Entry, Page } from './page.ts';

/** The page as Markdown. Foreign texts stand in it word for word: as code, or with what Markdown would take as markup escaped. */
export function pageAsMarkdown(page: Page): string {
  return `${page.map((block) => markdownOf(block)).join('\n\n')}\n`;
}

function markdownOf(block: Block): string {
  switch (block.is) {
    case 'title':
      return `# ${escaped(block.text)}`;
    case 'heading':
      return `## ${escaped(block.text)}`;
    case 'facts':
      return block.facts
        .flatMap(([name, value]) => (value ? [`- ${name}: ${escaped(value)}`] : []))
        .join('\n');
    case 'prose':
      return paragraphs(block.text);
    case 'verbatim':
      return `## ${escaped(block.name)}\n\n${fenced(block.text)}`;
    case 'entries':
      return block.entries.map(entryOf).join('\n');
    case 'table':
      return tableOf(block.rows, block.numbers ?? []);
  }
}

const marks = { good: '✔ ', bad: '✖ ', odd: '! ' };

function entryOf({ head, body, tone }: Entry): string {
  const line = `- ${tone ? marks[tone] : ''}${escaped(head)}`;
  if (!body) return line;
  return `${line}\n${printableLines(body)
    .split('\n')
    .map((part) => (part === '' ? '' : `  > ${escaped(part)}`))
    .join('\n')}`;
}

function tableOf([head = [], ...rows]: string[][], numbers: number[]): string {
  const line = (cells: string[]) =>
    `| ${cells.map((cell) => escaped(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = head.map((_, column) => (numbers.includes(column) ? '--:' : '---'));
  return [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}

function paragraphs(text: string): string {
  return printableLines(text)
    .split('\n')
    .map((line) => escaped(line))
    .join('\n');
}

/** As code, in a fence that is longer than any in the text. */
function fenced(text: string): string {
  const longest = [...text.matchAll(/`+/g)].reduce((most, [run]) => Math.max(most, run.length), 2);
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${printableLines(text)}\n${fence}`;
}

function escaped(text: string): string {
  return printable(text).replaceAll(/[\\`*[\]<>#~]|(?<!\w)_|_(?!\w)/g, '\\$&');
}
