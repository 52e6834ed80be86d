/** A quoted value's content, `[start, end)`, and the position after its closing quote. */
export interface Quoted {
  start: number;
  end: number;
  next: number;
}

/** The quote at `at`, with the backslashes before it. */
export function quoteAt(text: string, at: number): string | undefined {
  let end = at;
  while (text[end] === '\\') end++;
  const mark = text[end];
  return mark === '"' || mark === "'" || mark === '`' ? text.slice(at, end + 1) : undefined;
}

/**
 * The content of the string that begins with the quote at `at`. In JSON within JSON a quote of depth n has 2ⁿ−1
 * backslashes before it: fewer than the opening quote has mean that an enclosing string ends.
 */
export function readQuoted(text: string, at: number): Quoted | undefined {
  const quote = quoteAt(text, at);
  if (quote === undefined) return undefined;
  const mark = quote.at(-1) ?? '"';
  const markCode = mark.charCodeAt(0);
  const depth = quote.length;
  const start = at + quote.length;
  for (let i = start; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 10 && mark !== '`') return { start, end: i, next: i };
    if (code !== markCode && code !== 34) continue;
    const char = text[i];
    let slashes = 0;
    while (i - slashes > start && text[i - slashes - 1] === '\\') slashes++;
    // Any double quote outside, whatever the inner mark, may belong to an enclosing JSON text.
    if (char === '"' && mark !== '"') return { start, end: i - slashes, next: i - slashes };
    if (slashes < depth - 1) return { start, end: i - slashes, next: i - slashes };
    if (((slashes + 1) / depth) % 2 === 1 || (slashes + 1) % depth !== 0) {
      return { start, end: i - (depth - 1), next: i + 1 };
    }
  }
  return { start, end: text.length, next: text.length };
}
