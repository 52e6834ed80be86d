import { escapeIdentifier } from 'pg';
import { type Migration, migrations } from './migrations/index.ts';

interface Client {
  query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
}

/**
 * Brings a schema to this version of the code, in one transaction; several processes may start at once. A schema that is
 * newer stays as it is.
 */
export async function migrate(client: Client, name: string, steps: readonly Migration[] = migrations) {
  const schema = escapeIdentifier(name);
  await client.query('BEGIN');
  try {
    await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`agento/migrate/${name}`]);
    await client.query(`${await creation(client, name)};
      CREATE TABLE IF NOT EXISTS ${schema}.migrations (
        version integer PRIMARY KEY,
        at timestamptz NOT NULL DEFAULT now()
      )`);
    const { rows } = await client.query(
      `SELECT coalesce(max(version), 0) AS version FROM ${schema}.migrations`,
    );
    const from = Number(rows[0]?.version);
    for (const [index, step] of steps.entries()) {
      if (index < from) continue;
      await client.query(step(schema));
      await client.query(`INSERT INTO ${schema}.migrations (version) VALUES ($1)`, [index + 1]);
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

/** Asked first, since `IF NOT EXISTS` wants the right to create a schema even where one exists. */
async function creation(client: Client, name: string): Promise<string> {
  const { rows } = await client.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [name]);
  return rows.length > 0 ? '' : `CREATE SCHEMA ${escapeIdentifier(name)}`;
}
