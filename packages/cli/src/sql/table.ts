import type { Answer, Answers } from '@agento/evidence-store';
import { oneLine } from '../terminal.ts';

/** More are read by no one, and would have to be held to know how wide their columns are. */
const mostRows = 1000;

/** A wider cell is cut where the table is wider than the terminal. */
const leastWidth = 24;

/** An answer as a table of text, numbers to the right, cut to the terminal's width; without one, whole. */
export async function* tableOf({ columns, rows }: Answers, width?: number): AsyncGenerator<string> {
  const shown: Answer[][] = [];
  let isMore = false;
  for await (const some of rows()) {
    isMore = shown.length + some.length > mostRows;
    shown.push(...some.slice(0, mostRows - shown.length));
    if (isMore) break;
  }
  const cells = shown.map((row) => row.map(cellOf));
  const natural = columns.map((column, index) =>
    Math.max(column.length, ...cells.map((row) => row[index]?.length ?? 0)),
  );
  const widths = fitted(natural, width);
  const isNumber = columns.map((_, index) => shown.every((row) => typeof (row[index] ?? 0) === 'number'));
  const line = (texts: string[]) =>
    texts
      .map((text, index) => {
        const room = widths[index] ?? 0;
        const cut = text.length > room ? `${text.slice(0, room - 1)}…` : text;
        return isNumber[index] ? cut.padStart(room) : cut.padEnd(room);
      })
      .join('  ')
      .trimEnd();
  yield line(columns);
  yield widths.map((room) => '─'.repeat(room)).join('  ');
  for (const row of cells) yield line(row);
  if (isMore) yield `The first ${mostRows} rows; --csv and --json give all.`;
  else yield counted(shown.length);
}

export function counted(rows: number): string {
  return rows === 1 ? '1 row' : `${rows} rows`;
}

/** Texts come from models: they must not be able to control the terminal. */
export function cellOf(value: Answer): string {
  if (value === null) return '';
  if (typeof value === 'number' && !Number.isInteger(value)) return String(Number(value.toPrecision(6)));
  return oneLine(typeof value === 'object' ? JSON.stringify(value) : String(value));
}

/** Takes from the widest columns until the table fits. */
function fitted(natural: number[], width: number | undefined): number[] {
  const gaps = 2 * (natural.length - 1);
  const widths = [...natural];
  for (;;) {
    const widest = Math.max(...widths);
    const over = widths.reduce((sum, one) => sum + one, gaps) - (width ?? Number.POSITIVE_INFINITY);
    if (over <= 0 || widest <= leastWidth) return widths;
    const second = Math.max(leastWidth, ...widths.filter((one) => one < widest));
    widths[widths.indexOf(widest)] = Math.max(second - 1, widest - over, leastWidth);
  }
}
