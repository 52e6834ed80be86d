import { databaseFile } from '@agento/evidence-store';
import { openDatabase } from '../../packages/evidence-store/src/open-database.ts';
import { tables } from '../../packages/evidence-store/src/tables/index.ts';

/** Writes each row again, with other ids: the tables of many more runs than there are files. */
export async function multiply(dataDir: string, times: number): Promise<void> {
  const interrupted = new AbortController().signal;
  const { connection, close } = await openDatabase(databaseFile({ dataDir }), 'write', {
    onWait() {},
    interrupted,
  });
  const ids = /^(trace_id|run_id|(.*_)?span(_id)?)$/;
  for (const { name, columns } of tables) {
    const given = Object.keys(columns).map((column) =>
      ids.test(column) ? `x || substr("${column}", 3) AS "${column}"` : `"${column}"`,
    );
    const copies = Array.from({ length: times - 1 }, (_, index) => `('${String(index + 10)}')`);
    await connection.run(`CREATE TEMP TABLE once AS FROM "${name}"`);
    for (const copy of copies)
      await connection.run(
        `INSERT INTO "${name}" SELECT ${given.join(', ')} FROM once, (VALUES ${copy}) v(x)`,
      );
    await connection.run('DROP TABLE once');
  }
  close();
}
