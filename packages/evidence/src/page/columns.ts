/** What a terminal shows two columns wide: scripts of East Asia, and emoji. */
const wide =
  /^(?:[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|\p{Emoji}\ufe0f)/u;
/** Lines without any of these take a column a character, and need not be taken apart. */
const special =
  /[\p{M}\p{Emoji_Presentation}\u1100-\u11ff\u2e80-\ud7ff\uf900-\ufaff\uff00-\uffe6\u{10000}-\u{10ffff}]/u;
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** How many columns of a terminal a line of printable text takes. */
export function columnsOf(line: string): number {
  if (!special.test(line)) return line.length;
  let columns = 0;
  for (const { segment } of segmenter.segment(line)) columns += wide.test(segment) ? 2 : 1;
  return columns;
}

/** The line with spaces up to this many columns, before or after it. */
export function padded(line: string, columns: number, side: 'before' | 'after'): string {
  const space = ' '.repeat(Math.max(0, columns - columnsOf(line)));
  return side === 'before' ? space + line : line + space;
}

/** The line, cut where it would take more columns; characters stay whole. */
export function cutTo(line: string, columns: number): string {
  if (columnsOf(line) <= columns) return line;
  if (!special.test(line)) return `${line.slice(0, columns - 1)}…`;
  let [kept, taken] = ['', 0];
  for (const { segment } of segmenter.segment(line)) {
    taken += columnsOf(segment);
    if (taken > columns - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}
