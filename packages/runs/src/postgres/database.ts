import { setTimeout as sleep } from 'node:timers/promises';
import { escapeIdentifier, Pool, type PoolConfig } from 'pg';
import { inWords } from './in-words.ts';
import { unreachable } from './unreachable.ts';

export type Row = Record<string, unknown>;

export interface DatabaseOptions {
  url: string;
  schema: string;
  /** Most connections at once, without the one that listens. */
  connections: number;
  /** How long a statement is tried again while Postgres is gone, in milliseconds. */
  patienceMs: number;
}

/** The server gives up before the client does, so that no statement takes effect after another was tried. */
const timeouts: PoolConfig = {
  connectionTimeoutMillis: 5_000,
  statement_timeout: 20_000,
  query_timeout: 25_000,
  keepAlive: true,
};

/**
 * Runs statements, and runs them again while Postgres is gone: each may have taken effect although its answer was lost, so
 * every one is written so that a second time changes nothing.
 */
export class Database {
  readonly url: string;
  /** Names the schema, and the channel of its notifications. */
  readonly schema: string;
  readonly config: PoolConfig;
  /** Statements sent so far. */
  statements = 0;
  readonly #pool: Pool;
  readonly #patienceMs: number;
  /** When nothing is tried again any more, by `performance.now()`. */
  #giveUpAt = Number.POSITIVE_INFINITY;

  constructor({ url, schema, connections, patienceMs }: DatabaseOptions) {
    this.url = url;
    this.schema = schema;
    this.#patienceMs = patienceMs;
    this.config = { ...timeouts, connectionString: url, application_name: 'agento' };
    this.#pool = new Pool({ ...this.config, max: connections });
    // A connection that dies while nobody uses it: the pool makes another. Without a listener the process would end.
    this.#pool.on('error', () => {});
  }

  /** The quoted name of a table. */
  table(name: string): string {
    return `${escapeIdentifier(this.schema)}.${name}`;
  }

  /** @throws once Postgres has been gone for longer than the patience, and at once for any other error */
  async run(text: string, values: unknown[] = []): Promise<Row[]> {
    const began = performance.now();
    const giveUpAt = () => Math.min(began + this.#patienceMs, this.#giveUpAt);
    for (let pause = 50; ; pause = Math.min(pause * 2, 2_000)) {
      try {
        this.statements += 1;
        return (await this.#pool.query<Row>(text, values)).rows;
      } catch (error) {
        if (!unreachable(error)) throw error;
        if (performance.now() + pause > giveUpAt()) {
          const seconds = Math.round((performance.now() - began) / 1000);
          throw new Error(`Postgres has been gone for ${seconds} s: ${inWords(error, this.url)}`, {
            cause: error,
          });
        }
        // Half of it by chance: replicas that lost the same server do not come back all at once.
        await sleep(pause / 2 + (Math.random() * pause) / 2);
      }
    }
  }

  /** In that many milliseconds nothing is tried again any more. */
  hurry(ms: number): void {
    this.#giveUpAt = performance.now() + ms;
  }

  async end(): Promise<void> {
    await this.#pool.end();
  }
}
