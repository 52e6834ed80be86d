import { begin } from './001-begin.ts';

/** Gives the statements of one step, for a schema whose quoted name is given. */
export type Migration = (schema: string) => string;

/**
 * All steps in order; a step's version is its place, from 1. They only add, and what they add has a default or may be
 * null: a replica of the version before goes on beside the new one. A step that was released is never changed.
 */
export const migrations: readonly Migration[] = [begin];
