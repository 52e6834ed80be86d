/** What a process of its own does, so that its memory is its own: `index` or `ask`, and the data folder. */
import { readFileSync, statSync } from 'node:fs';
import { ask, databaseFile, openTables } from '@agento/evidence-store';
import { openDatabase } from '../../packages/evidence-store/src/open-database.ts';
import { questions } from './questions.ts';

const [what, dataDir = ''] = process.argv.slice(2);
const file = databaseFile({ dataDir });
const began = performance.now();

if (what === 'index') {
  const tables = await openTables({
    dataDir,
    onProgress({ files, files_done }) {
      if (files_done % 100 === 0) process.stderr.write(`${files_done} of ${files}\n`);
    },
  });
  tables.close();
} else {
  // As it is: a multiplied one would be brought up to the disk.
  const interrupted = new AbortController().signal;
  const tables = await openDatabase(file, 'read', { onWait() {}, interrupted });
  for (const [question, sql] of Object.entries(questions)) {
    const asked = performance.now();
    let rows = 0;
    for await (const some of (await ask(tables, sql)).rows()) rows += some.length;
    const seconds = (performance.now() - asked) / 1000;
    process.stderr.write(`${seconds.toFixed(2)} s, ${rows} rows: ${question}\n`);
  }
  tables.close();
}
const { user, system } = process.cpuUsage();
const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;
process.stdout.write(
  `${what}: ${((performance.now() - began) / 1000).toFixed(1)} s, ${((user + system) / 1e6).toFixed(1)} s of CPU, ` +
    `peak ${Math.round(peak)} MiB, ${Math.round(statSync(file).size / 2 ** 20)} MiB of tables\n`,
);
