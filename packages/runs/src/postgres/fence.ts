import type { PartId } from '../store.ts';
import { LeaseLost } from '../store.ts';
import { isPart, keyOf, valuesOf } from './part-key.ts';

/** Holds for the row of a part only as long as the lease is the one that was given: see `fencedBy`. */
export const isFenced = `${isPart} AND lease = $4`;

/** The first four parameters of a statement with `isFenced`. */
export const fencedBy = (id: PartId, token: string): unknown[] => [...valuesOf(id), token];

/**
 * A table expression with the part's row, locked against a takeover until the statement is done; empty if somebody took
 * over. What is written is selected from it, so that check and write cannot be apart.
 */
export const fence = (parts: string) =>
  `fence AS MATERIALIZED (SELECT run_id, attempt, module FROM ${parts} WHERE ${isFenced} FOR SHARE)`;

export const leaseLost = (id: PartId) =>
  new LeaseLost(`The lease of ${keyOf(id)} ended: somebody else may execute it by now`);
