/**
 * Reads four characters of a text at a time, as one 32-bit number made of their low bytes: many times faster than one
 * by one.
 */
export class FourAtATime {
  /** How many characters one `load` takes. */
  static readonly room = 16_384;
  readonly #bytes = Buffer.alloc(FourAtATime.room + 4);
  readonly #numbers = new Int32Array(this.#bytes.buffer, this.#bytes.byteOffset, FourAtATime.room / 4 + 1);

  /** Loads the text from a position on, up to `room` characters; returns how many. */
  load(text: string, from: number): number {
    const size = this.#bytes.write(text.slice(from, from + FourAtATime.room), 0, 'latin1');
    this.#bytes.fill(0, size, size + 4);
    return size;
  }
  /** The four characters whose first is at four times `index` in the loaded text. */
  at(index: number): number {
    return this.#numbers[index] ?? 0;
  }
  /** The low byte of the character at a position in the loaded text. */
  byte(index: number): number {
    return this.#bytes[index] ?? 0;
  }
  /** The first four characters of a text. */
  of(text: string): number {
    this.load(text, 0);
    return this.at(0);
  }
}
