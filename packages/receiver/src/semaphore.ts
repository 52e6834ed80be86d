/** A counting semaphore, first come first served. */
export class Semaphore {
  #free: number;
  readonly #waiting: { count: number; go: () => void }[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async take(count: number): Promise<void> {
    if (this.#waiting.length === 0 && this.#free >= count) this.#free -= count;
    else await new Promise<void>((go) => this.#waiting.push({ count, go }));
  }

  give(count: number): void {
    this.#free += count;
    for (let next = this.#waiting[0]; next && next.count <= this.#free; next = this.#waiting[0]) {
      this.#free -= next.count;
      this.#waiting.shift();
      next.go();
    }
  }
}
