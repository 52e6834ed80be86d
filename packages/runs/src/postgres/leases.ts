import { randomUUID } from 'node:crypto';
import type { Lease, PartId } from '../store.ts';
import { nowMs, unowned } from './clock.ts';
import type { Database, Row } from './database.ts';
import { PostgresLease } from './lease.ts';
import { type Notifier, words } from './news.ts';
import { isPart, keyOf, valuesOf } from './part-key.ts';
import { partColumns, partIdOf, partOf } from './part-row.ts';

/** The leases of this process, which is one executor to the others. */
export class Leases {
  readonly #executor = randomUUID();
  readonly #database: Database;
  readonly #notifier: Notifier;
  /** By token; null while it is being claimed. */
  readonly #held = new Map<string, PostgresLease | null>();
  /** When the last heartbeat that arrived was sent, in milliseconds since 1970. */
  #beatAt = Date.now();

  constructor(database: Database, notifier: Notifier) {
    this.#database = database;
    this.#notifier = notifier;
  }

  async claim(id: PartId): Promise<Lease | null> {
    const token = randomUUID();
    this.#held.set(token, null);
    try {
      // The second time, if the first one's answer was lost, the lease is the one it took.
      const [row] = await this.#database.run(
        `UPDATE ${this.#parts} SET
          owner = $4, lease = $5, changed_at = ${nowMs},
          executions = executions + CASE WHEN lease = $5 THEN 0 ELSE 1 END
        WHERE ${isPart} AND NOT settled AND (lease = $5 OR ${this.#unowned})
        RETURNING ${partColumns}, cancel`,
        [...valuesOf(id), this.#executor, token],
      );
      if (!row) return null;
      return this.#hold(row, token);
    } finally {
      if (!this.#held.get(token)) this.#held.delete(token);
    }
  }

  #hold(row: Row, token: string): Lease {
    const lease = new PostgresLease({
      database: this.#database,
      notifier: this.#notifier,
      part: partOf(row),
      token,
      sureAt: () => this.#beatAt,
      onOver: () => this.#held.delete(token),
    });
    this.#held.set(token, lease);
    if (row.cancel) lease.cancel();
    this.#notifier.changed(lease.part);
    return lease;
  }

  async claimable(module: number, most: number): Promise<PartId[]> {
    const rows = await this.#database.run(
      `SELECT run_id, attempt, module FROM ${this.#parts}
        WHERE module = $1 AND NOT settled AND ${this.#unowned}
        ORDER BY began_at, run_id, attempt LIMIT $2`,
      [module, most],
    );
    return rows.map(partIdOf);
  }

  /** Says that this process is alive, and learns which of its leases are gone or to be cancelled. */
  async beat(query: (text: string, values: unknown[]) => Promise<Row[]>): Promise<void> {
    const before = [...this.#held];
    const now = Date.now();
    const rows = await query(
      `WITH beat AS (
          INSERT INTO ${this.#executors} (id, beat) VALUES ($1, clock_timestamp())
          ON CONFLICT (id) DO UPDATE SET beat = excluded.beat)
        SELECT lease, cancel FROM ${this.#parts} WHERE owner = $1`,
      [this.#executor],
    );
    this.#beatAt = now;
    const cancel = new Map(rows.map((row) => [row.lease as string, row.cancel as boolean]));
    for (const [token, lease] of before) {
      if (!cancel.has(token)) lease?.lose();
      else if (cancel.get(token)) lease?.cancel();
    }
    await this.#giveBack(
      [...cancel.keys()].filter((token) => !this.#held.has(token)),
      query,
    );
  }

  /** Claims whose answer never came: nobody here knows that they succeeded. */
  async #giveBack(
    tokens: string[],
    query: (text: string, values: unknown[]) => Promise<Row[]>,
  ): Promise<void> {
    if (tokens.length === 0) return;
    await query(
      `UPDATE ${this.#parts} SET owner = NULL, lease = NULL WHERE owner = $1 AND lease = ANY($2::uuid[])`,
      [this.#executor, tokens],
    );
  }

  /** Those modules that have parts nobody alive executes. */
  async waiting(
    modules: number[],
    query: (text: string, values: unknown[]) => Promise<Row[]>,
  ): Promise<number[]> {
    const rows = await query(
      `SELECT DISTINCT module FROM ${this.#parts}
        WHERE module = ANY($1::integer[]) AND NOT settled AND ${this.#unowned}`,
      [modules],
    );
    return rows.map(({ module }) => Number(module));
  }

  cancel(key: string): void {
    for (const lease of this.#held.values()) {
      if (lease && keyOf(lease.part) === key) lease.cancel();
    }
  }

  /** Ends all leases once what was called is written, and tells the others. */
  async release(): Promise<void> {
    const leases = [...this.#held.values()].filter((lease) => lease !== null);
    await Promise.all(leases.map((lease) => lease.drained()));
    for (const lease of leases) lease.lose();
    await this.#database.run(
      `WITH gone AS (DELETE FROM ${this.#executors} WHERE id = $1),
        released AS (
          UPDATE ${this.#parts} SET owner = NULL, lease = NULL WHERE owner = $1 RETURNING module)
        SELECT pg_notify($2, $3 || module) FROM (SELECT DISTINCT module FROM released) AS modules`,
      [this.#executor, this.#database.schema, words.claimable],
    );
  }

  get #parts(): string {
    return this.#database.table('parts');
  }

  get #executors(): string {
    return this.#database.table('executors');
  }

  get #unowned(): string {
    return unowned(this.#executors);
  }
}
