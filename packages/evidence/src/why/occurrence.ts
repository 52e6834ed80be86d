/** How surely a passage is the one meant. */
export type Match = 'exact' | 'normalised' | 'by words';

/** Scripts that put no space between words. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Khmer}\p{Script=Lao}]/u;
const letter = /[\p{L}\p{N}]/u;
const notLetters = /[^\p{L}\p{N}]+/gu;

/**
 * Where a text has a passage, as it stands there; null if it does not. `normalised`: the same letters and digits in the
 * same order, whatever their case and whatever spaces, quotes, dashes and Markdown stand between them.
 */
export function occurrenceIn(text: string, passage: string): { sentence: string; match: Match } | null {
  if (text.includes(passage)) return { sentence: passage, match: 'exact' };
  const wanted = lettersOf(passage);
  if (wanted === '' || !lettersOf(text).includes(wanted)) return null;
  const { letters, starts, ends } = placed(text);
  for (let at = letters.indexOf(wanted); at >= 0; at = letters.indexOf(wanted, at + 1)) {
    const [start = 0, end = 0] = [starts[at], ends[at + wanted.length - 1]];
    if (isBoundary(text, start) && isBoundary(text, end)) {
      return { sentence: text.slice(start, end), match: 'normalised' };
    }
  }
  return null;
}

/** Letters and digits alone, in lower case. */
export function lettersOf(text: string): string {
  return text.normalize('NFKC').toLowerCase().replaceAll(notLetters, '');
}

/** The letters, each with where what it was written as begins and ends: an accent may be a character of its own. */
function placed(text: string): { letters: string; starts: number[]; ends: number[] } {
  const [starts, ends]: [number[], number[]] = [[], []];
  let letters = '';
  for (const written of text.matchAll(/\P{M}\p{M}*/gu)) {
    const own = lettersOf(written[0]);
    letters += own;
    for (let index = 0; index < own.length; index += 1) {
      starts.push(written.index);
      ends.push(written.index + written[0].length);
    }
  }
  return { letters, starts, ends };
}

/** Not within a word. */
function isBoundary(text: string, at: number): boolean {
  const before = [...text.slice(Math.max(0, at - 2), at)].at(-1) ?? '';
  const after = [...text.slice(at, at + 2)][0] ?? '';
  return [before, after].some((side) => !letter.test(side) || unspaced.test(side));
}
