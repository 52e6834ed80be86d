import { setTimeout as delay } from 'node:timers/promises';
import { type PartId, type PartState, stopped } from '../store.ts';
import { nowMs, unowned } from './clock.ts';
import type { Database } from './database.ts';
import { news } from './news.ts';
import { isPart, valuesOf } from './part-key.ts';
import { partNow } from './parts.ts';

/** How often it is looked whether a part that has just ended is settled, and how long apart, in milliseconds. */
const [most, gap] = [50, 100];

/** Has a part in one of these states executed again. False if it is in another. */
export async function reopen(
  database: Database,
  id: PartId,
  notes: Record<string, unknown>,
  from: readonly PartState[] = stopped,
): Promise<boolean> {
  for (let tries = 0; tries < most; tries += 1) {
    const part = await partNow(database, id);
    if (!part || !from.includes(part.state)) return false;
    const { problem: _, ...kept } = part.notes;
    const rows = await database.run(
      `WITH opened AS (
          UPDATE ${database.table('parts')}
          SET state = 'queued', settled = false, cancel = false, notes = $4, changed_at = ${nowMs}
          WHERE ${isPart} AND state = $5 AND ${unowned(database.table('executors'))} RETURNING 1)
        SELECT pg_notify($6, word) FROM opened, unnest($7::text[]) AS word`,
      [
        ...valuesOf(id),
        JSON.stringify({ ...kept, ...notes }),
        part.state,
        database.schema,
        [news.claimable(id.module), news.changed(id)],
      ],
    );
    if (rows.length > 0) return true;
    // Whoever executed it is just making sure of its evidence.
    await delay(gap);
  }
  return false;
}
