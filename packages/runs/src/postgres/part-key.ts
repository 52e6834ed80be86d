import type { PartId } from '../store.ts';

/** Compares three columns with the first three parameters of a statement, which are `valuesOf(id)`. */
export const isPart = 'run_id = $1 AND attempt = $2 AND module = $3';

export const valuesOf = ({ runId, attempt, module }: PartId): unknown[] => [runId, attempt, module];

/** A part as one word, for notifications. */
export const keyOf = ({ runId, attempt, module }: PartId): string => `${runId}/${attempt}/${module}`;
