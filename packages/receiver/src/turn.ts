import { setImmediate } from 'node:timers/promises';

const longestMs = 20;

/** Splits long work into turns, so that the process still answers other requests. */
export class Turn {
  #begun = performance.now();

  isOver(): boolean {
    return performance.now() - this.#begun > longestMs;
  }

  async next(): Promise<void> {
    await setImmediate();
    this.#begun = performance.now();
  }
}
