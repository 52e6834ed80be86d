import { randomUUID } from 'node:crypto';
import { createPostgresStore } from '@agento/runs/postgres';
import { Client, escapeIdentifier } from 'pg';
import { afterAll, beforeAll } from 'vitest';
import { describeStore } from '../behaviour/describe-store.ts';
import type { Bench } from '../behaviour/given.ts';
import { type PostgresServer, startPostgres } from './server.ts';

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres();
});

afterAll(() => server.end());

/** A store in a new schema. */
async function postgresBench(): Promise<Bench> {
  const schema = randomUUID();
  const another = () => createPostgresStore({ url: server.url, schema, onError: () => {} });
  const stores = [await another()];
  return {
    store: stores[0] as Bench['store'],
    another: async () => {
      const store = await another();
      stores.push(store);
      return store;
    },
    async strand({ runId, attempt, module }) {
      const client = new Client({ connectionString: server.url });
      await client.connect();
      // Its owner is one that never beat; the lease stays what it was.
      await client.query(
        `UPDATE ${escapeIdentifier(schema)}.parts SET owner = $4 WHERE (run_id, attempt, module) = ($1, $2, $3)`,
        [runId, attempt, module, randomUUID()],
      );
      await client.end();
    },
    async close() {
      await Promise.all(stores.map((store) => store.close()));
    },
  };
}

describeStore('Postgres', postgresBench);
