import { createRequire } from 'node:module';
import type * as Re2 from 're2js';

/** Loaded with the first pattern: it takes 6 MB, and most services have none. */
const re2 = (): typeof Re2 => createRequire(import.meta.url)('re2js');

/** A pattern that cannot be used; `message` says why. */
export class PatternError extends Error {
  override name = 'PatternError';
}

/** Most steps of a pattern's program: the time of a search is at most this times the text's length. */
const mostSteps = 200;

/**
 * Tells whether a text has a passage that fits the pattern, in RE2's syntax: the time grows with the text's length alone,
 * so that no pattern can hold a service up.
 *
 * @throws PatternError for a pattern that is not of that syntax, or too large
 */
export function compilePattern(pattern: string, { ignoreCase = true } = {}): (text: string) => boolean {
  const compiled = read(pattern, ignoreCase);
  if (compiled.programSize() > mostSteps)
    throw new PatternError(`is too large: with its repetitions written out it has over ${mostSteps} steps`);
  if (compiled.test(''))
    throw new PatternError('fits an empty text, too: it would find nothing in particular');
  return (text) => compiled.test(text);
}

function read(pattern: string, ignoreCase: boolean): Re2.RE2JS {
  const { RE2JS, RE2JSSyntaxException } = re2();
  try {
    return RE2JS.compile(pattern, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    const why = error.message.replace(/^error parsing regexp: /, '');
    throw new PatternError(`${why} (RE2's syntax has no look-around and no reference back)`, {
      cause: error,
    });
  }
}
