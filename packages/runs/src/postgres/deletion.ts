import { unowned } from './clock.ts';
import type { Database, Row } from './database.ts';
import { news } from './news.ts';
import { partIdOf } from './part-row.ts';

/**
 * Deletes those parts that a condition on rows of `parts` names, with their records and the files they wrote, in one
 * statement; gives how many. Those who watch a part are told.
 */
export async function deleteParts(database: Database, which: string, values: unknown[]): Promise<number> {
  const rows = await database.run(
    `WITH gone AS (
        DELETE FROM ${database.table('parts')} AS part WHERE ${which} RETURNING run_id, attempt, module),
      records AS (
        DELETE FROM ${database.table('records')} AS record USING gone
        WHERE (record.run_id, record.attempt, record.module) = (gone.run_id, gone.attempt, gone.module)),
      files AS (
        DELETE FROM ${database.table('files')} AS file USING gone
        WHERE (file.run_id, file.attempt, file.module) = (gone.run_id, gone.attempt, gone.module)),
      keys AS (
        DELETE FROM ${database.table('keys')} AS key USING gone
        WHERE (key.run_id, key.attempt, key.module) = (gone.run_id, gone.attempt, gone.module))
    SELECT * FROM gone`,
    values,
  );
  await tell(database, rows);
  return rows.length;
}

async function tell(database: Database, rows: Row[]): Promise<void> {
  if (rows.length === 0) return;
  const gone = rows.map((row) => news.changed(partIdOf(row)));
  await database.run('SELECT pg_notify($1, word) FROM unnest($2::text[]) AS word', [database.schema, gone]);
}

/** Deletes what the module's part of an attempt left, or its parts of all; those that go on are left alone. */
export async function remove(
  database: Database,
  runId: string,
  module: number,
  attempt: number | null = null,
): Promise<void> {
  const ended = `state NOT IN ('queued', 'running') AND ${unowned(database.table('executors'))}`;
  const named = 'run_id = $1 AND module = $2 AND attempt = coalesce($3, attempt)';
  const left = `state <> 'waiting_for_review' AND (settled OR ${ended})`;
  await deleteParts(database, `${named} AND ${left}`, [runId, module, attempt]);
}
