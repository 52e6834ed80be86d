/** The index of the closing quote of the string that begins at `start`; the text's length if there is none. */
export function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; ) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return text.length;
    let first = quote;
    while (first > start && text.charCodeAt(first - 1) === 0x5c) first -= 1;
    if ((quote - first) % 2 === 0) return quote;
    at = quote + 1;
  }
}

/** Limits on JSON; `values` counts down, and can be shared by several texts. */
export interface JsonLeft {
  depth: number;
  values: number;
  /** Characters of one string, as written. */
  string: number;
}

/**
 * Which limit a JSON text exceeds, found before anything is built from it: parsing eight megabytes of `[` or `{}` would
 * block the process for half a second and take hundreds of megabytes; counting takes a hundredth of that. Null if it is
 * within the limits, and for text that is not JSON.
 */
export function tooMuchIn(text: string, left: JsonLeft): keyof JsonLeft | null {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x22: {
        const end = endOfString(text, at);
        if (end - at - 1 > left.string) return 'string';
        at = end;
        break;
      }
      case 0x5b: // [
      case 0x7b: // {
        depth += 1;
        left.values -= 1;
        if (depth > left.depth) return 'depth';
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth -= 1;
        break;
      case 0x2c: // ,
        left.values -= 1;
        break;
    }
    if (left.values < 0) return 'values';
  }
  return null;
}
