import { type JsonLeft, tooMuchIn } from '@agento/contracts';

/**
 * Most values, most nesting and longest string of JSON that comes from outside: far beyond any answer, cheap to read,
 * and less than the next module takes.
 */
const most: Readonly<JsonLeft> = { depth: 64, values: 50_000, string: 262_144 };

/** JSON that is too costly to read: nested too deeply, of too many values, or with too long a string. */
export class TooComplex extends Error {
  override name = 'TooComplex';
}

/** What of an answer's JSON may be read; shared by the parts of one text. */
export const allValues = (): JsonLeft => ({ ...most });
/** In what comes around it a whole answer is one string. */
const around = (): JsonLeft => ({ ...most, string: Number.POSITIVE_INFINITY });

/**
 * `JSON.parse` for text of any sender, within bounds.
 *
 * @throws SyntaxError where the text is no JSON
 * @throws TooComplex
 */
export function readJson(text: string, left = around()): unknown {
  const excess = tooMuchIn(text, left);
  if (excess === 'depth') throw new TooComplex(`nested more than ${most.depth} deep`);
  if (excess === 'string') throw new TooComplex(`with a string of more than ${most.string} characters`);
  if (excess === 'values') throw new TooComplex(`of more than ${most.values} values`);
  return JSON.parse(text);
}
