import { type JsonLeft, tooMuchIn } from '@agento/contracts';

/**
 * Limits on values, nesting and string length of JSON from outside: far beyond any real answer, cheap to read, and
 * below what the next module accepts.
 */
const most: Readonly<JsonLeft> = { depth: 64, values: 50_000, string: 262_144 };

/** JSON that is too expensive to read: nested too deeply, with too many values, or with too long a string. */
export class TooComplex extends Error {
  override name = 'TooComplex';
}

/** How much of an answer's JSON may still be read; shared by the parts of one text. */
export const allValues = (): JsonLeft => ({ ...most });
/** In the JSON of the response, a whole answer is one string. */
const around = (): JsonLeft => ({ ...most, string: Number.POSITIVE_INFINITY });

/**
 * `JSON.parse` for untrusted text, within limits.
 *
 * @throws SyntaxError if the text is not JSON
 * @throws TooComplex
 */
export function readJson(text: string, left = around()): unknown {
  const excess = tooMuchIn(text, left);
  if (excess === 'depth') throw new TooComplex(`nested more than ${most.depth} deep`);
  if (excess === 'string') throw new TooComplex(`with a string of more than ${most.string} characters`);
  if (excess === 'values') throw new TooComplex(`of more than ${most.values} values`);
  return JSON.parse(text);
}
