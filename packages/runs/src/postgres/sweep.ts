import { nowMs } from './clock.ts';
import type { Database } from './database.ts';
import { deleteParts } from './deletion.ts';

/** One that waits for a person is settled as well, and stays. */
const isOver = `settled AND state <> 'waiting_for_review'`;

/** Deletes the oldest settled parts of a module as the limits say; gives how many. Keys that are over go as well. */
export async function sweep(
  database: Database,
  module: number,
  { olderThanMs, moreThanBytes }: { olderThanMs: number | null; moreThanBytes: number | null },
): Promise<number> {
  await database.run(`DELETE FROM ${database.table('keys')} WHERE until <= ${nowMs}`);
  let gone = 0;
  if (olderThanMs !== null) {
    const old = `module = $1 AND ${isOver} AND changed_at <= ${nowMs} - $2::bigint`;
    gone += await deleteParts(database, old, [module, olderThanMs]);
  }
  if (moreThanBytes !== null) {
    gone += await deleteParts(database, tooMuch(database), [module, moreThanBytes]);
  }
  return gone;
}

/** From the newest on, the parts up to the limit stay; sizes are those of the texts: on its disk Postgres compresses them. */
const tooMuch = (database: Database) => `${isOver} AND (run_id, attempt, module) IN (
  SELECT run_id, attempt, module FROM (
    SELECT sized.*, sum(bytes) OVER (ORDER BY changed_at DESC, run_id, attempt) AS up_to_here FROM (
      SELECT run_id, attempt, module, changed_at,
        octet_length(input) + octet_length(origin) + octet_length(notes)
        + (SELECT coalesce(sum(octet_length(data)), 0) FROM ${database.table('records')} AS record
           WHERE (record.run_id, record.attempt, record.module) = (stored.run_id, stored.attempt, stored.module))
        + (SELECT coalesce(sum(octet_length(data)), 0) FROM ${database.table('files')} AS file
           WHERE (file.run_id, file.attempt, file.module) = (stored.run_id, stored.attempt, stored.module)) AS bytes
      FROM ${database.table('parts')} AS stored WHERE module = $1) AS sized) AS summed
  WHERE up_to_here > $2::bigint)`;
