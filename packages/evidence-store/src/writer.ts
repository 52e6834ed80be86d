import { type DuckDb, loadDuckDb } from './duckdb.ts';
import type { Connection } from './open-database.ts';
import type { ColumnType, Row, Value } from './table.ts';
import { tables } from './tables/index.ts';

type Write = (value: Value) => DuckDb.DuckDBValue;

/** Writes rows into the tables of one transaction. */
export interface Writer {
  add(table: string, row: Row): void;
  /** Hands over all that was added. */
  end(): void;
}

/** The most rows DuckDB takes at a time. */
const chunkRows = 2048;

export async function createWriter(connection: Connection): Promise<Writer> {
  const duckDb = await loadDuckDb();
  const writers = new Map<string, { add(row: Row): void; end(): void }>();
  for (const { name, columns } of tables) {
    const appender = await connection.createAppender(name);
    const kinds = Object.values(columns).map(([type]) => type);
    const writes = kinds.map((type) => writeOf(duckDb, type));
    const types = kinds.map((_, index) => appender.columnType(index));
    let values: DuckDb.DuckDBValue[][] = kinds.map(() => []);
    const flush = () => {
      const count = values[0]?.length ?? 0;
      if (count === 0) return;
      const chunk = duckDb.DuckDBDataChunk.create(types, count);
      for (const [index, column] of values.entries()) chunk.setColumnValues(index, column);
      appender.appendDataChunk(chunk);
      values = kinds.map(() => []);
    };
    writers.set(name, {
      add(row) {
        for (const [index, column] of values.entries()) {
          const value = row[index] ?? null;
          column.push(value === null ? null : (writes[index]?.(value) ?? null));
        }
        if (values[0]?.length === chunkRows) flush();
      },
      end() {
        flush();
        appender.closeSync();
      },
    });
  }
  return {
    add: (table, row) => writers.get(table)?.add(row),
    end() {
      for (const writer of writers.values()) writer.end();
    },
  };
}

/** Traces are untrusted: a number that a column cannot hold is no value. */
function writeOf({ DuckDBTimestampValue, DuckDBListValue }: typeof DuckDb, type: ColumnType): Write {
  switch (type) {
    case 'INTEGER':
      return (value) => (Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31 ? Number(value) : null);
    case 'BIGINT':
      return (value) => (Number.isSafeInteger(value) ? BigInt(Number(value)) : null);
    case 'TIMESTAMP':
      return (value) =>
        Number.isSafeInteger(value) ? new DuckDBTimestampValue(BigInt(Number(value))) : null;
    case 'VARCHAR[]':
      return (value) => new DuckDBListValue(value as string[]);
    case 'VARCHAR':
    case 'JSON':
      return (value) => String(value).toWellFormed();
    default:
      return (value) => value as number | boolean;
  }
}
