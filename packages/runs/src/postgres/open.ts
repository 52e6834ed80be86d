import { Client } from 'pg';
import type { Database } from './database.ts';
import { inWords } from './in-words.ts';
import { migrate } from './migrate.ts';

/** Executors that did not beat for that long left nothing: a part whose owner has no row has nobody. */
const forgotten = "interval '1 day'";

/** Makes the tables. @throws an error that says what to do */
export async function open(database: Database): Promise<void> {
  // A connection of its own: it may wait for others that do the same.
  const client = new Client({ ...database.config, statement_timeout: 0, query_timeout: 0 });
  client.on('error', () => {});
  try {
    await client.connect();
    await migrate(client, database.schema);
    await client.query(
      `DELETE FROM ${database.table('executors')} WHERE beat < clock_timestamp() - ${forgotten}`,
    );
  } catch (error) {
    throw new Error(`Runs cannot be kept in Postgres: ${inWords(error, database.url)}`, { cause: error });
  } finally {
    await client.end().catch(() => {});
  }
}
