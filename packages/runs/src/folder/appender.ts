import type { FileHandle } from 'node:fs/promises';
import { appendTo, openLines } from './lines.ts';

interface Waiting {
  lines: readonly string[];
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** Appends to one file, which stays open, in the order of the calls; calls that wait are gathered into one write. */
export class Appender {
  readonly #path: string;
  readonly #allow: () => void;
  #waiting: Waiting[] = [];
  #isWriting = false;
  #written = Promise.resolve();
  #file: FileHandle | null = null;
  /** The first write ends what an earlier process may have left torn. */
  #mayBeTorn = true;

  /** `allow` throws if nothing may be written any more. */
  constructor(path: string, allow: () => void) {
    this.#path = path;
    this.#allow = allow;
  }

  async append(lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return this.#allow();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ lines, resolve, reject });
      if (this.#isWriting) return;
      this.#isWriting = true;
      this.#written = this.#write();
    });
  }

  /** Resolves when nothing waits. */
  async idle(): Promise<void> {
    while (this.#isWriting) await this.#written;
  }

  /** Closes the file when nothing waits; whatever is appended later opens it again. */
  async close(): Promise<void> {
    await this.idle();
    const file = this.#file;
    this.#file = null;
    this.#mayBeTorn = true;
    await file?.close();
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        this.#allow();
        this.#file ??= await openLines(this.#path);
        const lines = batch.flatMap((one) => one.lines);
        await appendTo(this.#file, lines, this.#mayBeTorn);
        this.#mayBeTorn = false;
        for (const { resolve } of batch) resolve();
      } catch (error) {
        this.#mayBeTorn = true;
        for (const { reject } of batch) reject(error);
      }
    }
    // In the same turn as the last look at what waits: whoever appends from here on begins anew.
    this.#isWriting = false;
  }
}
