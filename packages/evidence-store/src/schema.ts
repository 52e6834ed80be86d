import { createHash } from 'node:crypto';
import type { Connection } from './open-database.ts';
import { tables } from './tables/index.ts';

/** Raise it when the same columns are filled another way. */
const filling = 3;

/** Names the tables' shape and filling: of another version the file is made again. */
export const version: string = createHash('sha256')
  .update(JSON.stringify([filling, tables.map(({ name, columns }) => [name, columns])]))
  .digest('hex')
  .slice(0, 16);

export async function createTables(connection: Connection): Promise<void> {
  await connection.run('BEGIN');
  for (const { name, columns } of tables) {
    const list = Object.entries(columns).map(([column, [type]]) => `"${column}" ${type}`);
    await connection.run(`CREATE TABLE "${name}" (${list.join(', ')})`);
  }
  await connection.run(`COMMENT ON TABLE files IS '${version}'`);
  await connection.run('COMMIT');
}

/** Whether the tables are those of this version. */
export async function isCurrent(connection: Connection): Promise<boolean> {
  const found = await connection.runAndReadAll(
    "SELECT comment FROM duckdb_tables() WHERE table_name = 'files'",
  );
  return found.getRowsJS()[0]?.[0] === version;
}
