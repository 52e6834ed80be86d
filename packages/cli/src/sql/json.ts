import type { Answers } from '@agento/evidence-store';

/** An answer as a JSON list of objects, one a line. */
export async function* jsonOf({ columns, rows }: Answers): AsyncGenerator<string> {
  let before: string | undefined;
  yield '[';
  for await (const some of rows()) {
    for (const row of some) {
      if (before !== undefined) yield `${before},`;
      before = JSON.stringify(
        Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])),
      );
    }
  }
  if (before !== undefined) yield before;
  yield ']';
}
