import type { Trace } from '@agento/evidence';
import type { OwnReading } from './own-reading.ts';

/** A value as it is handed to DuckDB; times are microseconds since 1970. */
export type Value = string | number | boolean | string[] | null;
export type Row = Value[];

/** `json` is DuckDB's JSON: text that `->>` and `json_extract` read. */
export type ColumnType =
  | 'VARCHAR'
  | 'INTEGER'
  | 'BIGINT'
  | 'DOUBLE'
  | 'BOOLEAN'
  | 'TIMESTAMP'
  | 'VARCHAR[]'
  | 'JSON';

/** Each column by name: its type, and what it holds. */
export type Columns = Record<string, readonly [type: ColumnType, about: string]>;

/** One row of a table, by column. */
export type Fields<C extends Columns> = { [name in keyof C]: Value };

export interface Table {
  name: string;
  /** What one row is. */
  about: string;
  columns: Columns;
  /** Its rows of one trace; the values in the order of the columns, without those that every table has. */
  rows(trace: Trace, runs: OwnReading[]): Row[];
}

/** Which file a row is from, first in every table. */
export const fileColumn = {
  file_id: ['INTEGER', 'The file it was read from: `files.file_id`'],
} as const satisfies Columns;

const traceColumn = { trace_id: ['VARCHAR', 'The trace'] } as const satisfies Columns;

const runColumns = {
  ...traceColumn,
  run_id: ['VARCHAR', 'The run'],
  attempt: ['INTEGER', 'The attempt at the run, from 1'],
} as const satisfies Columns;

/** A table with rows of each trace, whoever made it. */
export function tableOfTraces<const C extends Columns>(
  name: string,
  about: string,
  columns: C,
  fieldsOf: (trace: Trace, runs: OwnReading[]) => Fields<C>[],
): Table {
  const names = Object.keys(columns);
  return {
    name,
    about,
    columns: { ...fileColumn, ...traceColumn, ...columns },
    rows: (trace, runs) =>
      fieldsOf(trace, runs).map((fields) => [trace.trace_id, ...names.map((name) => fields[name] ?? null)]),
  };
}

/** A table with rows of each attempt at a run. */
export function tableOfRuns<const C extends Columns>(
  name: string,
  about: string,
  columns: C,
  fieldsOf: (run: OwnReading, trace: Trace) => Fields<C>[],
): Table {
  const names = Object.keys(columns);
  return {
    name,
    about,
    columns: { ...fileColumn, ...runColumns, ...columns },
    rows: (trace, runs) =>
      runs.flatMap((run) => {
        const { trace_id, run_id, run_attempt } = run.reading;
        const key = [trace_id, run_id, run_attempt];
        return fieldsOf(run, trace).map((fields) => [...key, ...names.map((name) => fields[name] ?? null)]);
      }),
  };
}

/** Columns for what a step, a link or a verdict is about. */
export const aboutColumns = {
  item_id: ['VARCHAR', 'The item of the plan it is about'],
  criterion_id: ['VARCHAR', 'The criterion it is about'],
  plan_id: ['VARCHAR', 'The plan it is about'],
  revision: ['INTEGER', 'The attempt at the revision of an item, from 1; 0: its original text'],
} as const satisfies Columns;

/** Milliseconds since 1970 as microseconds. */
export const timeOfMs = (milliseconds: number): number => Math.round(milliseconds * 1000);
