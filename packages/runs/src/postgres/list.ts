import { NoSuchPage, type Part, type PartQuery } from '../store.ts';
import type { Database } from './database.ts';
import { partColumns, partOf } from './part-row.ts';

/** Parts of a module, the newest first; a page goes on where the one before ended, whatever began since. */
export async function list(
  database: Database,
  { module, states, after, limit }: PartQuery,
): Promise<{ parts: Part[]; next: string | null }> {
  const place = after === undefined ? [null, null, null] : placeOf(after);
  const rows = await database.run(
    `SELECT ${partColumns} FROM ${database.table('parts')}
      WHERE module = $1 AND ($2::text[] IS NULL OR state = ANY($2))
        AND ($3::bigint IS NULL OR (began_at, run_id, attempt) < ($3::bigint, $4::text, $5::integer))
      ORDER BY began_at DESC, run_id DESC, attempt DESC
      LIMIT $6`,
    [module, states ?? null, ...place, limit + 1],
  );
  const parts = rows.slice(0, limit).map(partOf);
  const last = parts.at(-1);
  return { parts, next: rows.length > limit && last ? nameOf(last) : null };
}

const nameOf = ({ beganAt, runId, attempt }: Part): string => `${beganAt}.${attempt}.${runId}`;

function placeOf(name: string): unknown[] {
  const [, beganAt, attempt, runId] = /^(\d{1,15})\.(\d{1,9})\.([0-9a-f-]{36})$/.exec(name) ?? [];
  if (!beganAt) throw new NoSuchPage();
  return [beganAt, runId, attempt];
}
