/** Most values and most nesting of JSON that comes from outside: far beyond any answer, cheap to parse. */
const most = { depth: 64, values: 50_000 };

/** JSON that is too costly to parse: nested too deeply, or of too many values. */
export class TooComplex extends Error {
  override name = 'TooComplex';
}

/** How many more values may be read; shared by the parts of one text. */
export interface ValuesLeft {
  count: number;
}

export const allValues = (): ValuesLeft => ({ count: most.values });

/**
 * `JSON.parse` for text of any sender. Eight megabytes of `[` or of `{}` would hold the process for half a second
 * and take hundreds of megabytes: they are counted first, which costs a hundredth of that.
 *
 * @throws SyntaxError where the text is no JSON
 * @throws TooComplex
 */
export function readJson(text: string, left = allValues()): unknown {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        at = endOfString(text, at);
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth += 1;
        left.count -= 1;
        if (depth > most.depth) throw new TooComplex(`nested more than ${most.depth} deep`);
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth -= 1;
        break;
      case 0x2c: // ,
        left.count -= 1;
        break;
    }
    if (left.count < 0) throw new TooComplex(`of more than ${most.values} values`);
  }
  return JSON.parse(text);
}

/** Where the string that begins at `start` has its closing quote; the text's end where it has none. */
export function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at;
    if (code === 0x5c) at += 1;
  }
  return text.length;
}
