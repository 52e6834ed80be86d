/** What a process of its own does, so that its memory is its own: `index` or `ask`, and the data folder. */
import { statSync } from 'node:fs';
import { ask, databaseFile, openTables } from '@agento/evidence-store';
import { questions } from './questions.ts';

const [what, dataDir = ''] = process.argv.slice(2);
const began = performance.now();
const say = (line: string) => process.stdout.write(`${line}\n`);

let read = 0;
const tables = await openTables({
  dataDir,
  onProgress({ files_done }) {
    read = files_done;
  },
});
const opened = performance.now();
const used = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
if (what === 'ask') {
  for (const [question, sql] of Object.entries(questions)) {
    const [asked, usedBefore] = [performance.now(), used()];
    let rows = 0;
    for await (const some of (await ask(tables, sql)).rows()) rows += some.length;
    const seconds = (performance.now() - asked) / 1000;
    say(`${seconds.toFixed(2)} s, ${(used() - usedBefore).toFixed(2)} s of CPU, ${rows} rows: ${question}`);
  }
}
tables.close();
const size = Math.round(statSync(databaseFile({ dataDir })).size / 2 ** 20);
say(
  `${what}: ${read} files read, open after ${((opened - began) / 1000).toFixed(1)} s, ${used().toFixed(1)} s of CPU in all, ` +
    `${size} MiB of tables`,
);
