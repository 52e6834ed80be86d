import type * as DuckDb from '@duckdb/node-api';

export type { DuckDb };

/** The tables cannot be had: the message says why, and what to do. */
export class StoreError extends Error {
  override name = 'StoreError';
}

let loaded: Promise<typeof DuckDb> | undefined;

/**
 * DuckDB, loaded when it is first needed: it is an optional dependency of 70 MB, for a few platforms. Rejects with a
 * StoreError where it is not installed or does not run.
 */
export function loadDuckDb(): Promise<typeof DuckDb> {
  loaded ??= import('@duckdb/node-api').catch((error: Error) => {
    throw new StoreError(whyMissing(error));
  });
  return loaded;
}

export function whyMissing(error: Error): string {
  const place = `${process.platform} on ${process.arch}`;
  const others = 'Every other command works without it.';
  if (/Cannot find (package|module) '@duckdb\/node-api'/.test(error.message)) {
    return (
      'The tables need DuckDB, an optional package that is not installed: install once more with ' +
      `optional packages. ${others}`
    );
  }
  return (
    `The tables need DuckDB, which does not load here (${place}): ${error.message.split('\n')[0]}. It is there for Linux, ` +
    `macOS and Windows, each on x64 and arm64. ${others}`
  );
}
