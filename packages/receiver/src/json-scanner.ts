import type { Tally } from './limits.ts';

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
const [openObject, closeObject, openList, closeList] = [0x7b, 0x7d, 0x5b, 0x5d];
/** What ends a number, `true`, `false` or `null`. */
const ends = new Set([
  quote,
  comma,
  colon,
  openObject,
  closeObject,
  openList,
  closeList,
  0x20,
  0x0a,
  0x0d,
  0x09,
]);

/**
 * Scans JSON text (UTF-8) of any depth without building values, and counts them. What it skips has balanced strings and
 * brackets; anything else invalid shows up when it is parsed. Throws a SyntaxError.
 */
export class JsonScanner {
  at = 0;
  readonly #bytes: Buffer;
  readonly #tally: Tally;

  constructor(bytes: Buffer, tally: Tally) {
    this.#bytes = bytes;
    this.#tally = tally;
  }

  /** The next character after white space. */
  next(): string {
    this.#space();
    return String.fromCharCode(this.#bytes[this.at] ?? 0);
  }

  /** Yields each member's key and start, before its value; the consumer must skip the value. */
  *members(): Generator<{ key: string; start: number }> {
    for (const start of this.#items(openObject, closeObject)) {
      if (this.#bytes[start] !== quote) this.#fault();
      this.#string();
      const key = this.#bytes.toString('utf8', start + 1, this.at - 1);
      this.#space();
      this.#expect(colon);
      yield { key, start };
    }
  }

  /** Yields before each entry; the consumer must skip it. */
  *elements(): Generator<number> {
    yield* this.#items(openList, closeList);
  }

  /** Skips one value of any kind. */
  skip(): void {
    let depth = 0;
    do {
      this.#space();
      const byte = this.#bytes[this.at];
      if (byte === quote) this.#string();
      else if (byte === openObject || byte === openList || (byte === comma && depth > 0)) {
        if (byte !== comma) depth += 1;
        this.#tally.value();
        this.at += 1;
      } else if (depth > 0 && byte === colon) this.at += 1;
      else if (depth > 0 && (byte === closeObject || byte === closeList)) {
        depth -= 1;
        this.at += 1;
      } else this.#literal();
    } while (depth > 0);
  }

  /** Throws unless only white space is left. */
  end(): void {
    this.#space();
    if (this.at < this.#bytes.length) this.#fault();
  }

  *#items(open: number, close: number): Generator<number> {
    this.#space();
    this.#expect(open);
    this.#space();
    while (this.#bytes[this.at] !== close) {
      this.#tally.value();
      yield this.at;
      this.#space();
      if (this.#bytes[this.at] === close) break;
      this.#expect(comma);
      this.#space();
    }
    this.at += 1;
  }

  #string(): void {
    const bytes = this.#bytes;
    let at = this.at + 1;
    while (at < bytes.length && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1;
    if (at >= bytes.length) throw new SyntaxError('it is truncated within a string');
    this.at = at + 1;
  }

  #literal(): void {
    const start = this.at;
    while (this.at < this.#bytes.length && !ends.has(this.#bytes[this.at] ?? 0)) this.at += 1;
    if (this.at === start) this.#fault();
  }

  #space(): void {
    const bytes = this.#bytes;
    for (;;) {
      const byte = bytes[this.at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
      this.at += 1;
    }
  }

  #expect(byte: number): void {
    if (this.#bytes[this.at] !== byte) this.#fault();
    this.at += 1;
  }

  #fault(): never {
    if (this.at >= this.#bytes.length) throw new SyntaxError('it is truncated');
    throw new SyntaxError(`byte ${this.at} is unexpected`);
  }
}
