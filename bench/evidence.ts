/**
 * What the tables of many runs cost. Run `node bench/evidence.ts` (`--runs 10000`, `--times 1`, `--folder /tmp`): writes
 * copies of a real run's trace with other ids, 3 MB each, indexes them, indexes once more with nothing changed and with a
 * few files new, grown and deleted, and asks five questions. `--times 7` writes the rows of the tables seven times before
 * the questions, where there is no room or time for so many files. Each is a process of its own. Deletes what it wrote.
 */
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { templateOf, writeCopy } from './evidence/copies.ts';
import { multiply } from './evidence/multiply.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    times: { type: 'string', default: '1' },
    folder: { type: 'string', default: tmpdir() },
  },
});
const [runs, times] = [Number(values.runs), Number(values.times)];
const recorded = new URL('../packages/evidence/test/recorded/repair-cafe.jsonl.gz', import.meta.url);
const template = templateOf(gunzipSync(readFileSync(recorded)).toString());
const dataDir = mkdtempSync(path.join(values.folder, 'agento-bench-'));
const traces = path.join(dataDir, 'traces');
const work = (what: 'index' | 'ask') =>
  spawnSync(process.execPath, [path.join(import.meta.dirname, 'evidence', 'work.ts'), what, dataDir], {
    stdio: 'inherit',
  });
const say = (line: string) => process.stdout.write(`${line}\n`);

try {
  for (let number = 0; number < runs; number += 1) writeCopy(template, traces, number);
  say(`${runs} runs, ${runs * template.spans} spans; first:`);
  work('index');
  say('nothing changed:');
  work('index');
  for (let number = runs; number < runs + 10; number += 1) writeCopy(template, traces, number);
  appendFileSync(path.join(traces, '00000001.jsonl'), '\n');
  rmSync(path.join(traces, '00000002.jsonl'));
  say('10 new, 1 changed, 1 deleted:');
  work('index');
  if (times > 1) {
    await multiply(dataDir, times);
    say(`the rows ${times} times, ${(runs + 9) * template.spans * times} spans:`);
  }
  say('five questions:');
  work('ask');
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}
