/** A text as it reads once its escapes are undone, with the way back to where each character stood. */
export interface Reading {
  text: string;
  /** Where the character at `index` begins in the original. */
  start(index: number): number;
  /** Where the character before `index` ends in the original. */
  end(index: number): number;
  /** Whether an escape was undone in `[start, end)`: all else was read as it stands in the original. */
  hasUndone(start: number, end: number): boolean;
}

/** Puts a reading together character by character: a character stands for what it was, from `from` to `to`. */
class Transcript implements Reading {
  #codes: Uint16Array;
  #starts: Int32Array;
  #ends: Int32Array;
  #size = 0;
  #isWide = false;
  text = '';

  /** `expected` characters are made room for at once. */
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

/** The value of a hexadecimal digit, 16 of anything else. */
const hexValues = new Uint8Array(65_536).fill(16);
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16);
  hexValues[digit.charCodeAt(0)] = value;
  hexValues[digit.toUpperCase().charCodeAt(0)] = value;
}
/** The character that two hexadecimal digits stand for where it is printable ASCII, else 0. */
function printable(text: string, at: number): number {
  const code = (hexValues[text.charCodeAt(at)] ?? 16) * 16 + (hexValues[text.charCodeAt(at + 1)] ?? 16);
  return code >= 0x20 && code < 0x7f ? code : 0;
}

const slash = 47;
const zero = 48;
const one = 49;
const backslash = 92;
const tilde = 126;

/** Escapes that stand for one character each. */
interface Escapes {
  sign: '%' | '~';
  /** Length of an escape, its sign included. */
  length: number;
  /** The character that the escape at a place stands for, 0 where there is none. */
  decode(text: string, at: number): number;
}
/** What a passage of a URL, a form or a pointer ends with: blanks, most quotes, `<`, `>` and `\`. */
const outside = Uint8Array.from({ length: 65_536 }, (_, code) =>
  /[\s"`<>\\]/.test(String.fromCharCode(code)) ? 1 : 0,
);
/** Those of printable ASCII; other bytes cannot be part of a secret's syntax. */
const percentEscapes: Escapes = {
  sign: '%',
  length: 3,
  decode: (text, at) => printable(text, at + 1),
};
/** What a caller named a field comes back in a pointer. */
const pointerEscapes: Escapes = {
  sign: '~',
  length: 2,
  decode(text, at) {
    const code = text.charCodeAt(at + 1);
    return code === one ? slash : code === zero ? tilde : 0;
  },
};
/** Ends all that one passage may begin: an assignment, a quoted string, a key on many lines, a credential. */
export const between = '\n"\n';

/** The passages of URLs and forms that have percent escapes, one below the other, with these undone; null for none. */
export const readPercentEncoded = (source: string) => readPassages(source, percentEscapes);
/** The passages that have a JSON pointer's `~1` and `~0`, one below the other, with these undone; null for none. */
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

/** Any but those of `&`, `'`, `<` and `>`, which programs escape for safety and no secret needs. */
const worthReading = /\\u00(?!2[67]|3[ce])[2-7]|\\\//i;
/** So many backslashes as no nesting has: what they escape is read, but not with twice as many before it. */
const deepestEscape = 15;

/**
 * JSON's `\u0061` and `\/` at any depth of nesting. An escaped quote or backslash gives the text its structure, so it is
 * read as its short form (`\"`, `\\`) with the backslashes that its depth asks for. Null where there are none.
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

/** The text with each match of a global pattern left out. */
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
