import type { Answer, Answers } from '@agento/evidence-store';

/** An answer as CSV (RFC 4180) with a head; lists and objects as JSON, nothing for null. */
export async function* csvOf({ columns, rows }: Answers): AsyncGenerator<string> {
  yield columns.map(fieldOf).join(',');
  for await (const some of rows()) {
    for (const row of some) yield row.map(fieldOf).join(',');
  }
}

function fieldOf(value: Answer): string {
  if (value === null) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
