import { CancelRequested, type Lease, type Part, type PartState, type Stream } from '../store.ts';
import { nowMs } from './clock.ts';
import type { Database } from './database.ts';
import { fence, fencedBy, isFenced, leaseLost } from './fence.ts';
import { type Notifier, news } from './news.ts';
import { isPart, valuesOf } from './part-key.ts';
import { type NewRecord, WriteQueue } from './write-queue.ts';

export interface LeaseOptions {
  database: Database;
  notifier: Notifier;
  part: Part;
  /** Names this lease: no other has it. */
  token: string;
  /** When nobody could have taken the part over yet, in milliseconds since 1970. */
  sureAt: () => number;
  /** Called when it is lost or ended. */
  onOver: () => void;
}

/** After so long without a heartbeat somebody may count this process as dead, in milliseconds. */
const unsureMs = 3_000;

/** Every write is fenced by the lease's token, in the same statement. */
export class PostgresLease implements Lease {
  readonly part: Part;
  readonly signal: AbortSignal;
  readonly #options: LeaseOptions;
  readonly #abort = new AbortController();
  readonly #queue: WriteQueue;
  /** Last place of each stream; unknown before the first append, and after one that failed. */
  #last: Map<Stream, number> | undefined;
  #notes: Record<string, unknown>;
  #ending = false;
  #over = false;

  constructor(options: LeaseOptions) {
    this.#options = options;
    this.part = options.part;
    this.signal = this.#abort.signal;
    this.#notes = options.part.notes;
    this.#queue = new WriteQueue((records) => this.#write(records));
  }

  async confirm(): Promise<void> {
    if (Date.now() - this.#options.sureAt() < unsureMs) return;
    await this.#fenced(`WITH ${fence(this.#table('parts'))} SELECT 1 FROM fence`, []);
  }

  async append(stream: Stream, data: readonly unknown[]): Promise<void> {
    if (data.length === 0) return;
    await this.#queue.append(data.map((one) => ({ stream, json: JSON.stringify(one) })));
  }

  async change({ state, notes }: { state?: PartState; notes?: Record<string, unknown> }): Promise<void> {
    await this.#queue.other(async () => {
      const merged = { ...this.#notes, ...notes };
      await this.#fenced(
        `UPDATE ${this.#table('parts')} SET state = coalesce($5, state), notes = $6, changed_at = ${nowMs}
          WHERE ${isFenced} RETURNING 1`,
        [state ?? null, JSON.stringify(merged)],
      );
      this.#notes = merged;
      this.#options.notifier.changed(this.part);
    });
  }

  async writeFile(name: string, text: string): Promise<void> {
    await this.#queue.other(async () => {
      await this.#fenced(
        `WITH ${fence(this.#table('parts'))}
          INSERT INTO ${this.#table('files')} (run_id, attempt, name, module, data)
          SELECT run_id, attempt, $5, module, $6::bytea FROM fence
          ON CONFLICT (run_id, attempt, name) DO UPDATE SET module = excluded.module, data = excluded.data
          RETURNING 1`,
        [name, Buffer.from(text)],
      );
    });
  }

  async end({ settled }: { settled: boolean }): Promise<void> {
    await this.#queue.other(async () => {
      if (this.#over) return;
      // From here on a heartbeat may find the lease gone although nobody took it.
      this.#ending = true;
      const { database, token } = this.#options;
      const words = [news.changed(this.part), ...(settled ? [] : [news.claimable(this.part.module)])];
      const ended = database.run(
        `WITH ended AS (
            UPDATE ${this.#table('parts')}
            SET owner = NULL, lease = NULL, settled = $5, changed_at = ${nowMs}
            WHERE ${isFenced} RETURNING 1)
          SELECT pg_notify($6, word) FROM ended, unnest($7::text[]) AS word`,
        [...fencedBy(this.part, token), settled, database.schema, words],
      );
      await ended.catch((error) => {
        this.#ending = false;
        throw error;
      });
      this.#finish();
    });
  }

  /** Somebody asked for the part to be cancelled. */
  cancel(): void {
    this.#abort.abort(new CancelRequested('The run is to be cancelled'));
  }

  /** Somebody else took over, or the store is closed. */
  lose(): void {
    if (this.#over || this.#ending) return;
    this.#finish();
    this.#abort.abort(leaseLost(this.part));
  }

  /** Resolves when what was called so far is written. */
  drained(): Promise<void> {
    return this.#queue.other(async () => {});
  }

  #finish(): void {
    this.#over = true;
    this.#options.onOver();
  }

  async #write(records: NewRecord[]): Promise<void> {
    const last = await this.#lastPlaces();
    const seqs = records.map(({ stream }) => {
      const seq = (last.get(stream) ?? 0) + 1;
      last.set(stream, seq);
      return seq;
    });
    const streams = records.map(({ stream }) => stream);
    // It may have been written although it failed: the next append asks how far the streams go.
    this.#last = undefined;
    // A record that is there was written by a try whose answer was lost: nobody else can have.
    await this.#fenced(
      `WITH ${fence(this.#table('parts'))}, written AS (
          INSERT INTO ${this.#table('records')} (run_id, attempt, module, stream, seq, data)
          SELECT fence.*, record.* FROM fence, unnest($5::text[], $6::integer[], $7::text[]) AS record
          ON CONFLICT DO NOTHING)
        SELECT 1 FROM fence`,
      [streams, seqs, records.map(({ json }) => json)],
    );
    this.#last = last;
    this.#options.notifier.changed(this.part);
  }

  async #lastPlaces(): Promise<Map<Stream, number>> {
    if (this.#last) return this.#last;
    const rows = await this.#options.database.run(
      `SELECT stream, max(seq) AS seq FROM ${this.#table('records')} WHERE ${isPart} GROUP BY stream`,
      valuesOf(this.part),
    );
    return new Map(rows.map(({ stream, seq }) => [stream as Stream, Number(seq)]));
  }

  /** Runs a statement that gives a row if the lease holds. @throws LeaseLost if it does not */
  async #fenced(text: string, values: unknown[]): Promise<void> {
    const { database, token } = this.#options;
    const rows = this.#over ? [] : await database.run(text, [...fencedBy(this.part, token), ...values]);
    if (rows.length > 0) return;
    this.lose();
    throw leaseLost(this.part);
  }

  #table(name: string): string {
    return this.#options.database.table(name);
  }
}
