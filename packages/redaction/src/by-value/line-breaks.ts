/** A literal or escaped line break, including the following indentation, with any number of backslashes. */
const gap = /(?:\\+r)?\\+n[ \t]*|\r?\n[ \t]*/y;
const backslash = 92;

export const isBlank = (code: number) => code === 32 || code === 9;
/** Whether a line break may begin with it. */
export const isBreak = (code: number) => code === backslash || code === 10 || code === 13;

/** What may follow a backslash that is part of a line break. */
const mayBeGap = new Uint8Array(65_536);
for (const char of '\\nr') mayBeGap[char.charCodeAt(0)] = 1;

/** The line breaks of one text, called with ascending positions. */
export interface Gaps {
  /** The end of the line break at a position; the position itself if there is none. */
  behind(at: number): number;
  /**
   * Whether the backslash at a position before an escaped line break is an escaped backslash instead. Escaped n times,
   * a line break has 2^(n - 1) backslashes and each backslash before it 2^n: the lowest set bit of the total counts
   * those of the line break.
   */
  isOwn(at: number): boolean;
}

/** Reads a row of backslashes once. */
export function createGaps(text: string): Gaps {
  let rowStart = 0;
  let rowEnd = 0;
  let gapEnd = 0;
  const readRow = (at: number) => {
    if (at >= rowStart && at < rowEnd) return;
    rowStart = at;
    rowEnd = at;
    while (text.charCodeAt(rowStart - 1) === backslash) rowStart--;
    while (text.charCodeAt(rowEnd) === backslash) rowEnd++;
    gap.lastIndex = rowStart;
    gapEnd = gap.test(text) ? gap.lastIndex : 0;
  };
  return {
    behind(at) {
      const code = text.charCodeAt(at);
      if (code === 10 || code === 13) {
        gap.lastIndex = at;
        return gap.test(text) ? gap.lastIndex : at;
      }
      if (code !== backslash || !mayBeGap[text.charCodeAt(at + 1)]) return at;
      readRow(at);
      return gapEnd || at;
    },
    isOwn(at) {
      if (text.charCodeAt(at) !== backslash) return false;
      readRow(at);
      const count = rowEnd - rowStart;
      return gapEnd === 0 || at < rowEnd - (count & -count);
    },
  };
}
