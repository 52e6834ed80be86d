/** Where the string that begins at `start` has its closing quote; the text's end where it has none. */
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

/** How far JSON may go; `values` counts down, and may be shared by several texts. */
export interface JsonLeft {
  depth: number;
  values: number;
  /** Characters of one string, as it is written. */
  string: number;
}

/**
 * What there is too much of in a JSON text, before anything is built of it: eight megabytes of `[` or of `{}` would
 * hold a process for half a second and take hundreds of megabytes, and counting them costs a hundredth of that. Null
 * where it is within bounds, and for what is no JSON.
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
