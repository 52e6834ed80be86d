import { setTimeout as sleep } from 'node:timers/promises';
import { Client, escapeIdentifier } from 'pg';
import type { Database, Row } from './database.ts';
import { inWords } from './in-words.ts';

/** Between two heartbeats, and between two tries to connect again; milliseconds. */
const every = 1_000;

/** A connection that does not answer for that long is given up, in milliseconds. */
const silence = 2_500;

export interface PulseOptions {
  database: Database;
  /** Called with every word that comes over the channel. */
  onWord: (word: string) => void;
  /** Called each second with a connection that nothing else uses. */
  beat: (query: (text: string, values: unknown[]) => Promise<Row[]>) => Promise<void>;
  /** Called after the connection was lost and made again: words may have been missed. */
  onReturn: () => void;
  /** Called once an outage. */
  onError: (error: unknown) => void;
}

/** The one connection that listens and beats; made again whenever it is lost. */
export class Pulse {
  /** Why Postgres cannot be written to; null if the last heartbeat arrived. */
  problem: string | null = null;
  readonly #options: PulseOptions;
  readonly #stop = new AbortController();
  #done: Promise<void> = Promise.resolve();

  constructor(options: PulseOptions) {
    this.#options = options;
  }

  /** Resolves when the first heartbeat arrived. @throws if it did not */
  async start(): Promise<void> {
    const client = await this.#connect();
    this.#done = this.#live(client);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  async #live(first: Connection): Promise<void> {
    let connection: Connection | undefined = first;
    while (!this.#stop.signal.aborted) {
      try {
        if (!connection) {
          connection = await this.#connect();
          this.problem = null;
          this.#options.onReturn();
        }
        await sleep(every, undefined, { signal: connection.over }).catch(() => {});
        connection.lost.throwIfAborted();
        if (!this.#stop.signal.aborted) await this.#options.beat(connection.query);
        this.problem = null;
      } catch (error) {
        connection?.end();
        connection = undefined;
        this.#failed(error);
        await sleep(every, undefined, { signal: this.#stop.signal }).catch(() => {});
      }
    }
    connection?.end();
  }

  #failed(error: unknown): void {
    const known = this.problem !== null;
    this.problem = inWords(error, this.#options.database.url);
    if (!known) this.#options.onError(new Error(`Postgres: ${this.problem}`, { cause: error }));
  }

  async #connect(): Promise<Connection> {
    const { database, onWord } = this.#options;
    const client = new Client({
      ...database.config,
      query_timeout: silence,
      connectionTimeoutMillis: silence,
    });
    const lost = new AbortController();
    const onLost = (error: Error) => {
      if (lost.signal.aborted) return;
      lost.abort(error);
      // At once, not at the next heartbeat: readiness is asked for in between.
      if (!this.#stop.signal.aborted) this.#failed(error);
    };
    client.on('error', onLost);
    client.on('end', () => onLost(new Error('Connection terminated')));
    client.on('notification', ({ payload }) => onWord(payload ?? ''));
    const query = async (text: string, values: unknown[]) => (await client.query<Row>(text, values)).rows;
    const end = () => {
      lost.abort();
      client.end().catch(() => {});
    };
    try {
      await client.connect();
      await client.query(`LISTEN ${escapeIdentifier(database.schema)}`);
      await this.#options.beat(query);
    } catch (error) {
      end();
      throw error;
    }
    return { query, lost: lost.signal, over: AbortSignal.any([lost.signal, this.#stop.signal]), end };
  }
}

interface Connection {
  query: (text: string, values: unknown[]) => Promise<Row[]>;
  /** Aborted when the connection is lost. */
  lost: AbortSignal;
  /** Aborted when it is lost, or nobody needs it any more. */
  over: AbortSignal;
  end: () => void;
}
