import { closeSync, mkdirSync, openSync, writevSync } from 'node:fs';
import path from 'node:path';

/** A trace as its texts between ids, from which copies with other ids are made. */
export interface Template {
  spans: number;
  pieces: (Buffer | { id: number; form: 'trace' | 'span' | 'run' })[];
}

/** Cuts a trace at its trace's, spans' and run's ids. */
export function templateOf(text: string): Template {
  const idsOf = (pattern: RegExp) => new Set([...text.matchAll(pattern)].map(([, id = '']) => id));
  const spans = idsOf(/"spanId":"([0-9a-f]{16})"/g);
  const forms = new Map<string, 'trace' | 'span' | 'run'>([
    ...[...idsOf(/"traceId":"([0-9a-f]{32})"/g)].map((id) => [id, 'trace'] as const),
    ...[...spans].map((id) => [id, 'span'] as const),
    ...[...idsOf(/"agento\.run\.id","value":\{"stringValue":"([0-9a-f-]{36})"/g)].map(
      (id) => [id, 'run'] as const,
    ),
  ]);
  const known = [...forms.keys()];
  const pieces = text.split(new RegExp(`(${known.join('|')})`)).map((piece) => {
    const form = forms.get(piece);
    return form ? { id: known.indexOf(piece), form } : Buffer.from(piece);
  });
  return { spans: spans.size, pieces };
}

/** Writes the copy of this number into the folder. */
export function writeCopy({ pieces }: Template, folder: string, number: number): void {
  const digits = (value: number, length: number) => value.toString(16).padStart(length, '0');
  const idOf = { trace: '', span: '', run: '' };
  const text = ({ id, form }: { id: number; form: keyof typeof idOf }) => {
    const [copy, own] = [digits(number + 1, 8), digits(id + 1, 8)];
    if (form === 'span') return copy + own;
    if (form === 'trace') return `${'c0ffee00'.repeat(2)}${copy}${own}`;
    return `${copy}-0000-4000-8000-0000${own}`;
  };
  mkdirSync(folder, { recursive: true });
  const file = openSync(path.join(folder, `${digits(number, 8)}.jsonl`), 'w', 0o600);
  const whole = Buffer.concat(
    pieces.map((piece) => (Buffer.isBuffer(piece) ? piece : Buffer.from(text(piece)))),
  );
  writevSync(file, [whole]);
  closeSync(file);
}
