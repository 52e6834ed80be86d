import type { Connection } from './open-database.ts';
import type { FilePart, TraceRows } from './rows-of.ts';
import type { TraceFile } from './sources.ts';
import type { Row } from './table.ts';
import { tables, traceTables } from './tables/index.ts';
import { createWriter, type Writer } from './writer.ts';

/** The file a trace is taken from, and how many of its spans. */
interface Taken {
  id: number;
  spans: number;
}

/** Writes files into the tables, in one transaction after the other. */
export class Batch {
  readonly #connection: Connection;
  #writer: Writer;
  /** Ids of files whose parts are coming. */
  readonly #ids = new Map<string, { id: number; traces: number; spans: number }>();
  #nextId: number;
  #replaced: number[] = [];
  /** By trace. */
  readonly #taken: Map<string, Taken>;
  rows = 0;

  private constructor(connection: Connection, writer: Writer, nextId: number, taken: Map<string, Taken>) {
    this.#connection = connection;
    this.#writer = writer;
    this.#nextId = nextId;
    this.#taken = taken;
  }

  static async begin(connection: Connection, nextId: number, replaced: Set<number>): Promise<Batch> {
    const traces = await connection.runAndReadAll(
      'SELECT trace_id, file_id, count(*)::INTEGER FROM spans GROUP BY ALL',
    );
    const taken = new Map(
      traces
        .getRowsJS()
        .filter(([, id]) => !replaced.has(Number(id)))
        .map(([trace, id, spans]) => [String(trace), { id: Number(id), spans: Number(spans) }]),
    );
    await connection.run('BEGIN');
    return new Batch(connection, await createWriter(connection), nextId, taken);
  }

  get isWhole(): boolean {
    return this.#ids.size === 0;
  }

  /** Rows of these files go when the transaction is committed. */
  replaces(ids: number[]): void {
    this.#replaced.push(...ids);
  }

  async add(file: TraceFile, { traces, problems, isLast }: FilePart): Promise<void> {
    const sums = this.#ids.get(file.path) ?? { id: this.#nextId++, traces: 0, spans: 0 };
    this.#ids.set(file.path, sums);
    for (const trace of traces) {
      const other = this.#taken.get(trace.trace_id);
      if (other && other.spans >= trace.spans) {
        this.#leave(sums.id, trace, other);
        continue;
      }
      if (other) await this.#giveUp(trace, other, sums.id);
      this.#taken.set(trace.trace_id, { id: sums.id, spans: trace.spans });
      sums.traces += 1;
      sums.spans += trace.spans;
      for (const [index, { name }] of traceTables.entries()) {
        for (const row of trace.rows[index] ?? []) this.#write(name, [sums.id, ...row]);
      }
    }
    for (const { trace_id, span_id, rule, detail } of problems) {
      this.#write('problems', [sums.id, trace_id, span_id, rule, detail, null]);
    }
    if (!isLast) return;
    const now = Date.now() * 1000;
    this.#write('files', [sums.id, file.path, file.identity, file.size, now, sums.traces, sums.spans]);
    this.#ids.delete(file.path);
  }

  /** A trace that is in two files is taken from the one that has more of it. */
  #leave(id: number, trace: Pick<TraceRows, 'trace_id' | 'spans'>, other: Taken): void {
    const detail =
      `The trace is taken from another file, which has ${other.spans} of its spans; this one has ${trace.spans}. ` +
      'Spans that are only here are in no table.';
    this.#write('problems', [id, trace.trace_id, null, 'elsewhere', detail, other.id]);
  }

  async #giveUp(trace: Pick<TraceRows, 'trace_id' | 'spans'>, other: Taken, id: number): Promise<void> {
    this.#writer.end();
    for (const { name } of traceTables) {
      const sql = `DELETE FROM "${name}" WHERE file_id = ${other.id} AND trace_id = $1`;
      await this.#connection.run(sql, [trace.trace_id]);
    }
    await this.#connection.run(
      'UPDATE files SET traces = traces - 1, spans = spans - $1 WHERE file_id = $2',
      [other.spans, other.id],
    );
    this.#writer = await createWriter(this.#connection);
    this.#leave(other.id, { ...trace, spans: other.spans }, { id, spans: trace.spans });
  }

  #write(table: string, row: Row): void {
    this.#writer.add(table, row);
    this.rows += 1;
  }

  /** Nothing may be added after it. */
  async commit(): Promise<void> {
    this.#writer.end();
    if (this.#replaced.length > 0) {
      const ids = this.#replaced.join(', ');
      for (const { name } of tables) {
        await this.#connection.run(`DELETE FROM "${name}" WHERE file_id IN (${ids})`);
      }
    }
    await this.#connection.run('COMMIT');
    this.#replaced = [];
    this.rows = 0;
  }

  /** Commits, and begins the next transaction. */
  async commitAndGoOn(): Promise<void> {
    await this.commit();
    await this.#connection.run('BEGIN');
    this.#writer = await createWriter(this.#connection);
  }
}
