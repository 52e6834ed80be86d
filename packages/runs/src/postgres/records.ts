import type { PartId, StoredRecord, Stream } from '../store.ts';
import type { Database } from './database.ts';
import { isPart, valuesOf } from './part-key.ts';

export async function records(
  database: Database,
  id: PartId,
  stream: Stream,
  after: number,
  most: number | null = null,
): Promise<StoredRecord[]> {
  const rows = await database.run(
    `SELECT seq, data FROM ${database.table('records')} WHERE ${isPart} AND stream = $4 AND seq > $5 ORDER BY seq LIMIT $6`,
    [...valuesOf(id), stream, after, most],
  );
  return rows.map(({ seq, data }) => ({ seq: Number(seq), data: JSON.parse(data as string) }));
}

export async function forget(database: Database, id: PartId, stream: Stream): Promise<void> {
  await database.run(`DELETE FROM ${database.table('records')} WHERE ${isPart} AND stream = $4`, [
    ...valuesOf(id),
    stream,
  ]);
}

export async function readFile(
  database: Database,
  { runId, attempt }: Omit<PartId, 'module'>,
  name: string,
): Promise<Uint8Array | null> {
  const [row] = await database.run(
    `SELECT data FROM ${database.table('files')} WHERE run_id = $1 AND attempt = $2 AND name = $3`,
    [runId, attempt, name],
  );
  return row ? (row.data as Uint8Array) : null;
}
