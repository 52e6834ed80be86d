import { pageAsText } from '@agento/evidence';
import type { Answers } from '@agento/evidence-store';
import type { Style } from '../terminal.ts';
import { cellOf, counted } from './table.ts';

/** An answer row below row, a line for each value that is not null, long texts whole and wrapped. */
export async function* blocksOf({ columns, rows }: Answers, colors: Style, width: number) {
  let count = 0;
  for await (const some of rows()) {
    for (const row of some) {
      const facts = columns.map((column, index): [string, string] => [column, cellOf(row[index] ?? null)]);
      yield pageAsText([{ is: 'facts', facts }], { colors, width });
      count += 1;
    }
  }
  yield counted(count);
}
