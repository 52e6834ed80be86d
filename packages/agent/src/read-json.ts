import { type JsonLeft, tooMuchIn } from '@agento/contracts';

/** Most values and most nesting of JSON that comes from outside: far beyond any answer, cheap to parse. */
const most: Readonly<JsonLeft> = { depth: 64, values: 50_000 };

/** JSON that is too costly to parse: nested too deeply, or of too many values. */
export class TooComplex extends Error {
  override name = 'TooComplex';
}

/** What of JSON may be read; shared by the parts of one text. */
export const allValues = (): JsonLeft => ({ ...most });

/**
 * `JSON.parse` for text of any sender, within bounds.
 *
 * @throws SyntaxError where the text is no JSON
 * @throws TooComplex
 */
export function readJson(text: string, left = allValues()): unknown {
  const excess = tooMuchIn(text, left);
  if (excess === 'depth') throw new TooComplex(`nested more than ${most.depth} deep`);
  if (excess === 'values') throw new TooComplex(`of more than ${most.values} values`);
  return JSON.parse(text);
}
