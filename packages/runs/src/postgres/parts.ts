import { randomUUID } from 'node:crypto';
import type { Part, PartId, PartStart } from '../store.ts';
import { nowMs } from './clock.ts';
import type { Database } from './database.ts';
import { news } from './news.ts';
import { isPart, valuesOf } from './part-key.ts';
import { partColumns, partIdOf, partOf } from './part-row.ts';

/** Begins a part; gives the one there is if it exists. */
export async function begin(database: Database, start: PartStart): Promise<{ part: Part; begun: boolean }> {
  // By it a second try knows what the first one began although its answer was lost.
  const call = randomUUID();
  for (;;) {
    await database.run(
      `WITH begun AS (
          INSERT INTO ${database.table('parts')}
            (run_id, attempt, module, state, input, origin, notes, began_at, changed_at, executions, settled, cancel, begun_by)
          SELECT $1, $2, $3, 'queued', $4, $5, '{}', now_ms, now_ms, 0, false, false, $6
          FROM (SELECT ${nowMs}) AS clock (now_ms)
          ON CONFLICT DO NOTHING
          RETURNING 1)
        SELECT pg_notify($7, word) FROM begun, unnest($8::text[]) AS word`,
      [
        ...valuesOf(start),
        JSON.stringify(start.input),
        JSON.stringify(start.origin),
        call,
        database.schema,
        [news.changed(start)],
      ],
    );
    const [row] = await database.run(
      `SELECT ${partColumns}, begun_by FROM ${database.table('parts')} WHERE ${isPart}`,
      valuesOf(start),
    );
    // Otherwise it was deleted in between, and can be begun now.
    if (row) return { part: partOf(row), begun: row.begun_by === call };
  }
}

export async function partNow(database: Database, id: PartId): Promise<Part | null> {
  const [row] = await database.run(
    `SELECT ${partColumns} FROM ${database.table('parts')} WHERE ${isPart}`,
    valuesOf(id),
  );
  return row ? partOf(row) : null;
}

export async function partsOf(database: Database, runId: string): Promise<PartId[]> {
  const rows = await database.run(
    `SELECT run_id, attempt, module FROM ${database.table('parts')} WHERE run_id = $1 ORDER BY attempt, module`,
    [runId],
  );
  return rows.map(partIdOf);
}

/** Tells everybody that there may be something to claim. */
export async function offer(database: Database, module: number): Promise<void> {
  await database.run('SELECT pg_notify($1, $2)', [database.schema, news.claimable(module)]);
}

/** Asks whoever executes the part, now or later, to cancel it. False if it has ended. */
export async function requestCancel(database: Database, id: PartId): Promise<boolean> {
  const rows = await database.run(
    `WITH asked AS (
        UPDATE ${database.table('parts')} SET cancel = true
        WHERE ${isPart} AND state IN ('queued', 'running') RETURNING 1)
      SELECT pg_notify($4, $5) FROM asked`,
    [...valuesOf(id), database.schema, news.cancel(id)],
  );
  return rows.length > 0;
}
