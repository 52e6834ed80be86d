const slabBytes = 256 * 1024;

/**
 * Keeps copies of small byte arrays, many in one allocation. A slab is freed when the last copy in it is: made for
 * what leaves in about the order in which it came.
 */
export class Slab {
  #buffer = Buffer.alloc(0);
  #used = 0;

  keep(bytes: Uint8Array): Uint8Array {
    if (bytes.length > slabBytes / 4) return new Uint8Array(bytes);
    if (this.#used + bytes.length > this.#buffer.length) {
      this.#buffer = Buffer.allocUnsafeSlow(slabBytes);
      this.#used = 0;
    }
    const copy = this.#buffer.subarray(this.#used, this.#used + bytes.length);
    this.#used += bytes.length;
    copy.set(bytes);
    return copy;
  }
}
