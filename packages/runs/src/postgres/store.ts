import type { RunStore } from '../store.ts';
import { Database } from './database.ts';
import { remove } from './deletion.ts';
import { checkUrl } from './in-words.ts';
import { claimKey } from './keys.ts';
import { Leases } from './leases.ts';
import { list } from './list.ts';
import { Listeners } from './listeners.ts';
import { Notifier, words } from './news.ts';
import { open } from './open.ts';
import { keyOf } from './part-key.ts';
import { begin, offer, partNow, partsOf, requestCancel } from './parts.ts';
import { Pulse } from './pulse.ts';
import { forget, readFile, records } from './records.ts';
import { reopen } from './reopen.ts';
import { sweep } from './sweep.ts';

export interface PostgresOptions {
  /** `postgres://user:password@host:5432/database`, with the parameters of libpq (`sslmode`, …). */
  url: string;
  /** Called with what goes wrong in the background, once an outage. */
  onError: (error: unknown) => void;
  /** Where the tables are: `agento`. */
  schema?: string;
  /** Most connections at once, besides the one that listens: 3. */
  connections?: number;
  /** How long a statement is tried again while Postgres is gone: 120 000 ms. */
  patienceMs?: number;
}

export interface PostgresStore extends RunStore {
  /** Statements sent so far, without heartbeats. */
  readonly statements: number;
}

/** After that long a store that closes leaves its parts to the others' watch for heartbeats, in milliseconds. */
const lastPatience = 3_000;

/** Opens the store, with tables made or brought up to date. @throws an error that says what to do */
export async function createPostgresStore({
  url,
  onError,
  schema = 'agento',
  connections = 3,
  patienceMs = 120_000,
}: PostgresOptions): Promise<PostgresStore> {
  checkUrl(url);
  const database = new Database({ url, schema, connections, patienceMs });
  await open(database);
  const notifier = new Notifier(database, onError);
  const leases = new Leases(database, notifier);
  const claimers = new Listeners<number>(onError);
  const watchers = new Listeners<string>(onError);
  const pulse = new Pulse({
    database,
    onError,
    onWord: (word) => {
      const value = word.slice(word.indexOf(':') + 1);
      if (word.startsWith(words.changed)) watchers.call(value);
      else if (word.startsWith(words.cancel)) leases.cancel(value);
      else if (word.startsWith(words.claimable)) claimers.call(Number(value));
    },
    beat: async (query) => {
      await leases.beat(query);
      const modules = claimers.keys();
      if (modules.length === 0) return;
      for (const module of await leases.waiting(modules, query)) claimers.call(module);
    },
    onReturn: () => {
      claimers.callAll();
      watchers.callAll();
    },
  });
  await pulse.start();

  async function close(): Promise<void> {
    database.hurry(lastPatience);
    await leases.release().catch(onError);
    notifier.stop();
    await pulse.stop();
    await database.end();
  }

  let closed: Promise<void> | undefined;
  return {
    get statements() {
      return database.statements;
    },
    begin: (start) => begin(database, start),
    part: (id) => partNow(database, id),
    partsOf: (runId) => partsOf(database, runId),
    list: (query) => list(database, query),
    claim: (id) => leases.claim(id),
    claimable: (module, most) => leases.claimable(module, most),
    onClaimable: (module, listener) => claimers.add(module, listener),
    offer: (module) => offer(database, module),
    reopen: (id, notes, from) => reopen(database, id, notes, from),
    requestCancel: (id) => requestCancel(database, id),
    records: (id, stream, after = 0, most) => records(database, id, stream, after, most),
    watch: (id, listener) => watchers.add(keyOf(id), listener),
    readFile: (id, name) => readFile(database, id, name),
    forget: (id, stream) => forget(database, id, stream),
    remove: (runId, module, attempt) => remove(database, runId, module, attempt),
    claimKey: (claim) => claimKey(database, claim),
    sweep: (module, limits) => sweep(database, module, limits),
    outage: () => pulse.problem,
    problem: async () => pulse.problem,
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}
