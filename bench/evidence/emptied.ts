import { truncateSync } from 'node:fs';
import path from 'node:path';
import { databaseFile } from '@agento/evidence-store';
import { openDatabase } from '../../packages/evidence-store/src/open-database.ts';
import { filesIn } from '../../packages/evidence-store/src/sources.ts';

/**
 * Empties trace files that are in the tables, for which the disk has no room, and tells the tables that they are the same
 * files. Only a bench may: the tables are a cache, in which nothing stays whose trace is gone.
 */
export async function emptied(dataDir: string, names: ReadonlySet<string>): Promise<void> {
  const traces = path.join(dataDir, 'traces');
  for (const name of names) truncateSync(path.join(traces, name), 0);
  const files = filesIn([traces]).filter((file) => names.has(path.basename(file.path)));
  const interrupted = new AbortController().signal;
  const { connection, close } = await openDatabase(databaseFile({ dataDir }), 'write', {
    onWait() {},
    interrupted,
  });
  const now = files.map((file) => `('${file.path}', '${file.identity}')`).join(', ');
  await connection.run(
    `UPDATE files SET identity = now.identity FROM (VALUES ${now}) now(path, identity) WHERE files.path = now.path`,
  );
  close();
}
