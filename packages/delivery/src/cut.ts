/** Spans that were taken from the queue together: they are safe once all requests that hold some of them are. */
export class Cut {
  readonly #ids: string[];
  readonly #onSafe: (spanIds: string[]) => void;
  /** Who could still lose them: whoever cuts, then each request. */
  #holders = 1;

  constructor(ids: string[], onSafe: (spanIds: string[]) => void) {
    this.#ids = ids;
    this.#onSafe = onSafe;
  }

  hold(requests: number): void {
    this.#holders += requests;
  }

  letGo(): void {
    this.#holders -= 1;
    if (this.#holders === 0) this.#onSafe(this.#ids);
  }
}
