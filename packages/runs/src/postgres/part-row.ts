import type { Part, PartId, PartState } from '../store.ts';
import type { Row } from './database.ts';

/** The columns that `partOf` reads. */
export const partColumns =
  'run_id, attempt, module, state, input, origin, notes, began_at, changed_at, executions, settled';

export function partOf(row: Row): Part {
  return {
    ...partIdOf(row),
    state: row.state as PartState,
    input: JSON.parse(row.input as string),
    origin: JSON.parse(row.origin as string),
    notes: JSON.parse(row.notes as string),
    beganAt: Number(row.began_at),
    changedAt: Number(row.changed_at),
    executions: Number(row.executions),
    settled: row.settled as boolean,
  };
}

export const partIdOf = (row: Row): PartId => ({
  runId: row.run_id as string,
  attempt: Number(row.attempt),
  module: Number(row.module),
});
