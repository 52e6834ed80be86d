/** Who is to be called back, by topic. */
export class Listeners {
  readonly #of = new Map<string, Set<() => void>>();

  /** Gives the function that ends it. */
  add(topic: string, listener: () => void): () => void {
    const listeners = this.#of.get(topic) ?? new Set();
    this.#of.set(topic, listeners);
    // The same function may be given twice.
    const own = () => listener();
    listeners.add(own);
    return () => {
      listeners.delete(own);
      if (listeners.size === 0 && this.#of.get(topic) === listeners) this.#of.delete(topic);
    };
  }

  call(topic: string): void {
    for (const listener of this.#of.get(topic) ?? []) listener();
  }

  topics(): string[] {
    return [...this.#of.keys()];
  }
}
