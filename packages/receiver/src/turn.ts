import { setImmediate } from 'node:timers/promises';

const longestMs = 20;

/** Long work done a turn at a time, so that a process that does it still answers others. */
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
