/** A text with its escapes undone, and the original position of each character. */
export interface Reading {
  text: string;
  /** Where the character at `index` begins in the original. */
  start(index: number): number;
  /** Where the character before `index` ends in the original. */
  end(index: number): number;
  /** Whether an escape was undone in `[start, end)`: everything else is as in the original. */
  hasUndone(start: number, end: number): boolean;
}

/** Builds a reading character by character: a character represents the original from `from` to `to`. */
class Transcript implements Reading {
  #codes: Uint16Array;
  #starts: Int32Array;
  #ends: Int32Array;
  #size = 0;
  #isWide = false;
  text = '';

  /** Allocates room for `expected` characters at once. */
  constructor(expected: number) {
    this.#codes = new Uint16Array(expected);
    this.#starts = new Int32Array(expected);
    this.#ends = new Int32Array(expected);
  }

  add(code: number, from: number, to: number): void {
    if (this.#size === this.#codes.length) this.#grow();
    if (code > 255) this.#isWide = true;
    this.#codes[this.#size] = code;
    this.#starts[this.#size] = from;
    this.#ends[this.#size++] = to;
  }

  finish(): Reading {
    const codes = this.#codes.subarray(0, this.#size);
    this.text = this.#isWide
      ? Buffer.from(codes.buffer, 0, codes.byteLength).toString('utf16le')
      : Buffer.from(codes).toString('latin1');
    return this;
  }

  start(index: number): number {
    return this.#starts[index] ?? 0;
  }

  end(index: number): number {
    return this.#ends[index - 1] ?? 0;
  }

  hasUndone(start: number, end: number): boolean {
    for (let index = start; index < end; index++)
      if ((this.#ends[index] ?? 0) - (this.#starts[index] ?? 0) > 1) return true;
    return false;
  }

  #grow(): void {
    const size = this.#size * 2 + 64;
    const codes = new Uint16Array(size);
    const starts = new Int32Array(size);
    const ends = new Int32Array(size);
    codes.set(this.#codes);
    starts.set(this.#starts);
    ends.set(this.#ends);
    this.#codes = codes;
    this.#starts = starts;
    this.#ends = ends;
  }
}

/** The value of a hexadecimal digit, 16 for anything else. */
const hexValues = new Uint8Array(65_536).fill(16);
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16);
  hexValues[digit.charCodeAt(0)] = value;
  hexValues[digit.toUpperCase().charCodeAt(0)] = value;
}
/** The character for two hexadecimal digits if it is printable ASCII, otherwise 0. */
function printable(text: string, at: number): number {
  const code = (hexValues[text.charCodeAt(at)] ?? 16) * 16 + (hexValues[text.charCodeAt(at + 1)] ?? 16);
  return code >= 0x20 && code < 0x7f ? code : 0;
}

const slash = 47;
const zero = 48;
const one = 49;
const backslash = 92;
const tilde = 126;

/** Escapes for one character each. */
interface Escapes {
  sign: '%' | '~';
  /** Length of an escape, including its sign. */
  length: number;
  /** The character for the escape at a position, 0 if there is none. */
  decode(text: string, at: number): number;
}
/** What ends a passage of a URL, a form or a pointer: blanks, most quotes, `<`, `>` and `\`. */
const outside = Uint8Array.from({ length: 65_536 }, (_, code) =>
  /[\s"`<>\\]/.test(String.fromCharCode(code)) ? 1 : 0,
);
/** Those for printable ASCII; other bytes cannot be part of a secret's syntax. */
const percentEscapes: Escapes = {
  sign: '%',
  length: 3,
  decode: (text, at) => printable(text, at + 1),
};
/** A field name chosen by a caller comes back in a pointer. */
const pointerEscapes: Escapes = {
  sign: '~',
  length: 2,
  decode(text, at) {
    const code = text.charCodeAt(at + 1);
    return code === one ? slash : code === zero ? tilde : 0;
  },
};
/** Ends everything a passage may begin: an assignment, a quoted string, a multi-line key, a credential. */
export const between = '\n"\n';

/** The passages of URLs and forms with percent escapes, one per line, with these undone; null for none. */
export const readPercentEncoded = (source: string) => readPassages(source, percentEscapes);
/** The passages with a JSON pointer's `~1` and `~0`, one per line, with these undone; null for none. */
export const readPointers = (source: string) => readPassages(source, pointerEscapes);

function readPassages(source: string, { sign, length, decode }: Escapes): Reading | null {
  const signCode = sign.charCodeAt(0);
  let reading: Transcript | null = null;
  let past = 0;
  for (let at = source.indexOf(sign); at >= 0; at = source.indexOf(sign, Math.max(past, at + 1))) {
    if (decode(source, at) === 0) continue;
    let start = at;
    while (start > past && outside[source.charCodeAt(start - 1)] === 0) start--;
    reading ??= new Transcript(Math.min(source.length - start + between.length, 32_768));
    let end = start;
    while (end < source.length && outside[source.charCodeAt(end)] === 0) {
      const code = source.charCodeAt(end);
      const decoded = code === signCode ? decode(source, end) : 0;
      const next = decoded === 0 ? end + 1 : end + length;
      reading.add(decoded || code, end, next);
      end = next;
    }
    past = end;
    for (let index = 0; index < between.length; index++) reading.add(between.charCodeAt(index), end, end);
  }
  return reading?.finish() ?? null;
}

/**
 * Any except those of `&`, `'`, `<` and `>`, which programs escape for safety and no secret needs but one between tags
 * with its name.
 */
const worthReading =
  /\\u00(?:(?!2[67]|3[ce])[2-7]|3c[\w.:-]{0,64}(?:pass|secr|toke|cred|cook|auth|bear|pwd|key|jwt))|\\\//i;
/** More backslashes than any nesting has: what they escape is read, but not with twice as many before it. */
const deepestEscape = 15;

/**
 * JSON's `\u0061` and `\/` at any depth of nesting. An escaped quote or backslash is part of the text's structure, so
 * it is read as its short form (`\"`, `\\`) with the backslashes its depth requires. Null if there are none.
 */
export function readEscaped(source: string): Reading | null {
  if (!worthReading.test(source)) return null;
  const reading = new Transcript(source.length + 16);
  let changed = false;
  for (let at = 0; at < source.length; ) {
    const code = source.charCodeAt(at);
    if (code !== backslash) {
      reading.add(code, at, ++at);
      continue;
    }
    let end = at;
    while (source.charCodeAt(end) === backslash) end++;
    const slashes = end - at;
    const isUnicode = /[uU]/.test(source[end] ?? '') && source.startsWith('00', end + 1);
    const decoded = source.charCodeAt(end) === slash ? slash : isUnicode ? printable(source, end + 3) : 0;
    if (decoded === 0) {
      while (at < end) reading.add(backslash, at, ++at);
      continue;
    }
    changed = true;
    end += decoded === slash && !isUnicode ? 1 : 5;
    const doubled = slashes > deepestEscape ? slashes + (slashes % 2) : 2 * slashes;
    const before = decoded === 34 || decoded === backslash ? doubled - 1 : 0;
    for (let index = 0; index < before; index++) reading.add(backslash, at, end);
    reading.add(decoded, at, end);
    at = end;
  }
  return changed ? reading.finish() : null;
}

/** The text without the matches of a global pattern. */
export function readWithout(source: string, pattern: RegExp): Reading {
  const reading = new Transcript(source.length);
  let from = 0;
  const copy = (to: number) => {
    while (from < to) reading.add(source.charCodeAt(from), from, ++from);
  };
  for (const match of source.matchAll(pattern)) {
    copy(match.index);
    from += match[0].length;
  }
  copy(source.length);
  return reading.finish();
}
