import type { KeyClaim } from '../store.ts';
import { nowMs } from './clock.ts';
import type { Database, Row } from './database.ts';
import { partIdOf } from './part-row.ts';

const columns = 'key, body_hash, run_id, attempt, module, until';

/** Gives the claim that holds: this one, or the one made before and not over yet. */
export async function claimKey(database: Database, claim: KeyClaim): Promise<KeyClaim> {
  const { key, bodyHash, part, until } = claim;
  const keys = database.table('keys');
  const [taken] = await database.run(
    `INSERT INTO ${keys} AS held (${columns}) VALUES ($1, $2, $3, $4, $5, $6)
      ON CONFLICT (key) DO UPDATE SET
        body_hash = excluded.body_hash, run_id = excluded.run_id, attempt = excluded.attempt,
        module = excluded.module, until = excluded.until
      WHERE held.until <= ${nowMs}
      RETURNING ${columns}`,
    [key, bodyHash, part.runId, part.attempt, part.module, until],
  );
  if (taken) return keyClaimOf(taken);
  const [held] = await database.run(`SELECT ${columns} FROM ${keys} WHERE key = $1`, [key]);
  // Deleted in between: it can be claimed now.
  return held ? keyClaimOf(held) : claimKey(database, claim);
}

const keyClaimOf = (row: Row): KeyClaim => ({
  key: row.key as string,
  bodyHash: row.body_hash as string,
  part: partIdOf(row),
  until: Number(row.until),
});
