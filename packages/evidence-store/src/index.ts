export { type Answer, type Answers, ask, QueryError } from './ask.ts';
export { StoreError } from './duckdb.ts';
export type { Progress } from './index-files.ts';
export type { Database } from './open-database.ts';
export { databaseFile, openTables, type StoreOptions } from './store.ts';
export type { Columns, ColumnType } from './table.ts';
export { tables } from './tables/index.ts';
