const chunkBytes = 256 * 1024;
/** How many chunks are reused; any beyond are left to the garbage collector. */
const keptChunks = 8;

/**
 * Copies of byte arrays, many per allocation, in memory that is reused once all of them are released. External memory
 * is expensive to allocate: after some 8 MiB of it V8 collects the whole heap.
 */
export class Arena {
  readonly #kept: Buffer[] = [];
  /** The chunk being filled, its number, and how much of it is in use. */
  #chunk: Buffer | undefined;
  #number = -1;
  #used = 0;

  keep(bytes: Uint8Array): Uint8Array {
    // A large copy would waste the rest of a chunk, while the queue's limit counts only its bytes.
    if (bytes.length > chunkBytes / 4) return new Uint8Array(bytes);
    if (!this.#chunk || this.#used + bytes.length > chunkBytes) this.#chunk = this.#next();
    const copy = this.#chunk.subarray(this.#used, this.#used + bytes.length);
    this.#used += bytes.length;
    copy.set(bytes);
    return copy;
  }

  /** Releases everything kept: it will be overwritten. */
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
