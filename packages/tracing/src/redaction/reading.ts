/** A text as it reads once its escapes are undone, with the way back to where each character stood. */
export interface Reading {
  text: string;
  /** Where the character at `index` begins in the original. */
  start(index: number): number;
  /** Where the character before `index` ends in the original. */
  end(index: number): number;
}

/** Reads `source` with each match of `escapes` (a global pattern) replaced by what `decode` makes of it. */
export function readThrough(source: string, escapes: RegExp, decode: (sequence: string) => string): Reading {
  // Stretches taken over as they are, and escapes (with a length in the original), in turn.
  const read: number[] = [];
  const original: number[] = [];
  const lengths: number[] = [];
  const parts: string[] = [];
  let size = 0;
  let from = 0;
  const add = (part: string, at: number, length: number) => {
    if (part.length === 0) return;
    read.push(size);
    original.push(at);
    lengths.push(length);
    parts.push(part);
    size += part.length;
  };
  for (const match of source.matchAll(escapes)) {
    add(source.slice(from, match.index), from, 0);
    add(decode(match[0]), match.index, match[0].length);
    from = match.index + match[0].length;
  }
  add(source.slice(from), from, 0);

  const stretchAt = (index: number) => {
    let low = 0;
    let high = read.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((read[middle] ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  const start = (index: number) => {
    const stretch = stretchAt(index);
    const at = original[stretch] ?? 0;
    return lengths[stretch] ? at : at + index - (read[stretch] ?? 0);
  };
  const end = (index: number) => start(index - 1) + (lengths[stretchAt(index - 1)] || 1);
  return { text: parts.join(''), start, end };
}

/** Percent-encoded printable ASCII; other bytes cannot be part of a secret's syntax. */
export function readPercentEncoded(source: string): Reading {
  return readThrough(source, /%[2-7][0-9a-f]/gi, (sequence) =>
    String.fromCharCode(parseInt(sequence.slice(1), 16)),
  );
}

/**
 * JSON's `\u0061` and `\/` at any depth of nesting. An escaped quote or backslash gives the text its structure,
 * so it is read as its short form (`\"`, `\\`) with the backslashes that its depth asks for.
 */
export function readUnicodeEscaped(source: string): Reading {
  return readThrough(source, /\\+(?:u00(?:[2-6][0-9a-f]|7[0-9a-e])|\/)/gi, (sequence) => {
    if (sequence.endsWith('/')) return '/';
    const slashes = sequence.lastIndexOf('\\') + 1;
    const char = String.fromCharCode(parseInt(sequence.slice(-2), 16));
    if (char === '"') return `${'\\'.repeat(2 * slashes - 1)}"`;
    return char === '\\' ? '\\'.repeat(2 * slashes) : char;
  });
}

/** A JSON pointer's `~1` and `~0`: what a caller named a field comes back in one. */
export function readPointerEscaped(source: string): Reading {
  return readThrough(source, /~[01]/g, (sequence) => (sequence === '~1' ? '/' : '~'));
}
