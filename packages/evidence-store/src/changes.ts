import type { Connection } from './open-database.ts';
import type { TraceFile } from './sources.ts';

/** What the tables know of the files, and what has to be done. */
export interface Changes {
  /** Files to read, with the id their rows have now; null for a new one. */
  read: { file: TraceFile; before: number | null }[];
  /** Ids of files that are gone. */
  gone: number[];
  /** The next id that no file ever had. */
  nextId: number;
}

/** Compares the tables with the disk. */
export async function changesOf(connection: Connection, files: TraceFile[]): Promise<Changes> {
  const rowsOf = async (sql: string) => (await connection.runAndReadAll(sql)).getRowsJS();
  const known = new Map(
    (await rowsOf('SELECT path, identity, file_id FROM files')).map(([path, identity, id]) => [
      String(path),
      { identity, id: Number(id) },
    ]),
  );
  const elsewhere = await rowsOf(
    'SELECT file_id, other_file_id FROM problems WHERE other_file_id IS NOT NULL',
  );
  const unchanged = new Set<number>();
  for (const { path, identity } of files) {
    const before = known.get(path);
    if (before?.identity === identity) unchanged.add(before.id);
  }
  // What was left to a file that has changed or gone must be looked at again.
  const left = new Set(
    elsewhere.filter(([, other]) => !unchanged.has(Number(other))).map(([id]) => Number(id)),
  );
  const here = new Set(files.map(({ path }) => path));
  return {
    read: files.flatMap((file) => {
      const before = known.get(file.path)?.id ?? null;
      return before !== null && unchanged.has(before) && !left.has(before) ? [] : [{ file, before }];
    }),
    gone: [...known].filter(([path]) => !here.has(path)).map(([, { id }]) => id),
    nextId:
      1 +
      Math.max(0, ...[...known.values()].map(({ id }) => id), ...elsewhere.map(([, other]) => Number(other))),
  };
}
