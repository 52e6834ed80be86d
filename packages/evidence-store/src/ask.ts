import { type DuckDb, loadDuckDb, StoreError } from './duckdb.ts';
import { type Database, diskLimit, memoryLimit } from './open-database.ts';

/** A value of an answer as plain data; whole numbers that are not safe as numbers are text. */
export type Answer = string | number | boolean | null | Answer[] | { [key: string]: Answer };

export interface Answers {
  columns: string[];
  /** The rows, some at a time. */
  rows(): AsyncGenerator<Answer[][]>;
}

/** The statement cannot be answered; the message says what is wrong with it. */
export class QueryError extends Error {
  override name = 'QueryError';
}

/** Asks one statement that reads: SELECT, FROM, WITH, VALUES, DESCRIBE, SHOW, SUMMARIZE or EXPLAIN. Rejects with a
 * QueryError, or a StoreError where the tables are damaged. */
export async function ask(
  { connection }: Database,
  sql: string,
  interrupted?: AbortSignal,
): Promise<Answers> {
  interrupted?.addEventListener('abort', () => connection.interrupt(), { once: true });
  const { StatementType } = await loadDuckDb();
  const result = await asQuery(async () => {
    const statements = await connection.extractStatements(sql).catch((error: unknown) => {
      // All that DuckDB's binding says of a text without any.
      if ((error as Error).message !== 'Error in native callback') throw error;
      throw new QueryError('There is no statement in it.');
    });
    if (statements.count !== 1) {
      throw new QueryError(`There are ${statements.count} statements: ask one at a time.`);
    }
    const prepared = await statements.prepare(0);
    if (prepared.statementType !== StatementType.SELECT && prepared.statementType !== StatementType.EXPLAIN) {
      throw new QueryError('Only statements that read are answered: SELECT, DESCRIBE, SUMMARIZE, EXPLAIN.');
    }
    return prepared.stream();
  });
  return {
    columns: result.deduplicatedColumnNames(),
    async *rows() {
      for (;;) {
        const chunk = await asQuery(() => result.fetchChunk());
        if (!chunk || chunk.rowCount === 0) return;
        yield chunk.getRows().map((row) => row.map((value) => plain(value)));
      }
    },
  };
}

async function asQuery<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof QueryError) throw error;
    const message = (error as Error).message.replace(/^Failed to extract statements: /, '').trimEnd();
    const [first = ''] = message.split('\n');
    if (/^(IO|Serialization|INTERNAL|FATAL) Error/.test(message)) {
      throw new StoreError(
        `The tables cannot be read: ${first}. Delete the folder evidence in the data folder: they are made again from the traces.`,
      );
    }
    if (/^Out of Memory Error/.test(message)) {
      throw new QueryError(
        `The answer needs more memory than there is for it (${memoryLimit}, and ${diskLimit} of disk): ask for less.`,
      );
    }
    throw new QueryError(message);
  }
}

function plain(value: DuckDb.DuckDBValue): Answer {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if ('items' in value) return value.items.map(plain);
  if ('entries' in value && Array.isArray(value.entries)) {
    const { entries } = value as DuckDb.DuckDBMapValue;
    if (Array.isArray(entries)) {
      return Object.fromEntries(entries.map(({ key, value }) => [String(plain(key)), plain(value)]));
    }
  }
  if ('entries' in value && typeof value.entries === 'object') {
    const { entries } = value as DuckDb.DuckDBStructValue;
    return Object.fromEntries(Object.entries(entries).map(([key, entry]) => [key, plain(entry)]));
  }
  if ('toDouble' in value) return value.toDouble();
  return String(value);
}
