/** Where a pattern matches, `[start, end)`; both are the text's length if it does not. */
export interface Ahead {
  start: number;
  end: number;
}

/**
 * The first match of a global pattern at or after a position. For ascending positions the text is searched once,
 * however often it is called.
 */
export function lookAhead(text: string, pattern: RegExp): (from: number) => Ahead {
  let asked = 0;
  let next: Ahead = { start: -1, end: -1 };
  return (from) => {
    if (from >= asked && from <= next.start) return next;
    pattern.lastIndex = from;
    const match = pattern.exec(text);
    asked = from;
    next = match
      ? { start: match.index, end: match.index + match[0].length }
      : { start: text.length, end: text.length };
    return next;
  };
}
