/** What TypeScript does not know of JSON yet, and Node 22 does. */
const raw = JSON as unknown as {
  rawJSON(text: string): object;
  isRawJSON(value: unknown): boolean;
  parse(text: string, reviver: (key: string, value: unknown, of: { source?: string }) => unknown): unknown;
};

/** The value of a JSON text, to be written as JSON again: numbers that JavaScript would round stay as they are written. */
export function exactly(text: string): unknown {
  if (!/\d{16}|\d[eE]/.test(text)) return JSON.parse(text);
  return raw.parse(text, (_key, value, { source = '' }) =>
    typeof value === 'number' && String(value) !== source ? raw.rawJSON(source) : value,
  );
}

/** Whether it stands for a number that `exactly` has kept as it is written. */
export const isRawJson = (value: unknown): boolean => raw.isRawJSON(value);
