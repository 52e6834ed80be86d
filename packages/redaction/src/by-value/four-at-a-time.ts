/**
 * Reads four characters of a text at a time, as one number of 32 bits made of their low bytes: many times faster than
 * one by one.
 */
export class FourAtATime {
  /** Characters that one `load` takes. */
  static readonly room = 16_384;
  readonly #bytes = Buffer.alloc(FourAtATime.room + 4);
  readonly #numbers = new Int32Array(this.#bytes.buffer, this.#bytes.byteOffset, FourAtATime.room / 4 + 1);

  /** Takes what stands from a place on, up to `room` characters; returns how many. */
  load(text: string, from: number): number {
    const size = this.#bytes.write(text.slice(from, from + FourAtATime.room), 0, 'latin1');
    this.#bytes.fill(0, size, size + 4);
    return size;
  }
  /** The four characters whose first is at four times `index` in what was loaded. */
  at(index: number): number {
    return this.#numbers[index] ?? 0;
  }
  /** The low byte of the character at a place in what was loaded. */
  byte(index: number): number {
    return this.#bytes[index] ?? 0;
  }
  /** The first four characters of a text. */
  of(text: string): number {
    this.load(text, 0);
    return this.at(0);
  }
}
