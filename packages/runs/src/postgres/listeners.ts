/** Functions to be called back, by what they wait for. */
export class Listeners<Key> {
  readonly #byKey = new Map<Key, Set<() => void>>();
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Gives the function that ends it. */
  add(key: Key, listener: () => void): () => void {
    // One of its own, so that a function added twice is called twice and ends one at a time.
    const own = () => listener();
    const there = this.#byKey.get(key) ?? new Set();
    this.#byKey.set(key, there.add(own));
    return () => {
      there.delete(own);
      if (there.size === 0 && this.#byKey.get(key) === there) this.#byKey.delete(key);
    };
  }

  keys(): Key[] {
    return [...this.#byKey.keys()];
  }

  call(key: Key): void {
    for (const listener of [...(this.#byKey.get(key) ?? [])]) {
      try {
        listener();
      } catch (error) {
        this.#onError(error);
      }
    }
  }

  callAll(): void {
    for (const key of this.keys()) this.call(key);
  }
}
