const chunkBytes = 256 * 1024;
/** So many chunks are used again and again; those beyond are the garbage collector's. */
const keptChunks = 8;

/**
 * Copies of byte arrays, many in one allocation, in memory that is used again once all of them are given up.
 * External memory is expensive to allocate: after some 8 MiB of it V8 collects the whole heap.
 */
export class Arena {
  readonly #kept: Buffer[] = [];
  /** The chunk that is being filled, its number, and how much of it is. */
  #chunk: Buffer | undefined;
  #number = -1;
  #used = 0;

  keep(bytes: Uint8Array): Uint8Array {
    // One that fills much of a chunk would leave much of it empty, and what waits is bounded by its size.
    if (bytes.length > chunkBytes / 4) return new Uint8Array(bytes);
    if (!this.#chunk || this.#used + bytes.length > chunkBytes) this.#chunk = this.#next();
    const copy = this.#chunk.subarray(this.#used, this.#used + bytes.length);
    this.#used += bytes.length;
    copy.set(bytes);
    return copy;
  }

  /** Gives up all that was kept: it will be written over. */
  clear(): void {
    this.#chunk = undefined;
    this.#number = -1;
  }

  #next(): Buffer {
    this.#number += 1;
    this.#used = 0;
    const chunk = this.#kept[this.#number] ?? Buffer.allocUnsafeSlow(chunkBytes);
    if (this.#number < keptChunks) this.#kept[this.#number] = chunk;
    return chunk;
  }
}
