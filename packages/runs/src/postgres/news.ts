import type { PartId } from '../store.ts';
import type { Database } from './database.ts';
import { keyOf } from './part-key.ts';

/** What words over the channel begin with: a part's key follows, or the number of a module. */
export const words = { changed: 'part:', cancel: 'cancel:', claimable: 'claim:' };

/** The words themselves. */
export const news = {
  changed: (id: PartId) => words.changed + keyOf(id),
  cancel: (id: PartId) => words.cancel + keyOf(id),
  claimable: (module: number) => words.claimable + module,
};

/** A part's news are at least that far apart, in milliseconds. */
const gap = 50;

/**
 * Sends news of appends and changes, gathered: a commit that notifies waits for all others that do, so the writes
 * themselves do not.
 */
export class Notifier {
  readonly #database: Database;
  readonly #onError: (error: unknown) => void;
  readonly #gathered = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(database: Database, onError: (error: unknown) => void) {
    this.#database = database;
    this.#onError = onError;
  }

  changed(id: PartId): void {
    this.#gathered.add(news.changed(id));
    if (!this.#timer) this.#send();
  }

  #send(): void {
    const gathered = [...this.#gathered];
    this.#gathered.clear();
    this.#timer = undefined;
    if (gathered.length === 0) return;
    this.#timer = setTimeout(() => this.#send(), gap);
    this.#database
      .run('SELECT pg_notify($1, word) FROM unnest($2::text[]) AS word', [this.#database.schema, gathered])
      .catch(this.#onError);
  }

  /** Drops what was not sent. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#gathered.clear();
  }
}
