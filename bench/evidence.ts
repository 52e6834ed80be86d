/**
 * What the tables of many runs cost. Run `node bench/evidence.ts` (`--runs 200`, `--batch 500`): writes copies of a real
 * run's trace, 180 spans and 3 MB each, with other ids, times and words, and indexes them batch by batch; then once more
 * with nothing changed, and with some files new, grown, replaced and deleted; then asks questions. Each is a process of its
 * own, whose memory is measured from outside. `--runs 10000` is 2 million spans and 31 GB of traces: files are emptied when
 * they have been read, so that it takes 6 GB. Deletes what it wrote, unless it is told where: `--data folder` keeps it,
 * and goes on with what is there, while the tables are of the same version: emptied files cannot be read again.
 */
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { templateOf, writeCopy } from './evidence/copies.ts';
import { emptied } from './evidence/emptied.ts';
import { watched } from './evidence/watched.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '200' },
    batch: { type: 'string', default: '500' },
    data: { type: 'string' },
  },
});
const [runs, batch] = [Number(values.runs), Number(values.batch)];
const recorded = new URL('../packages/evidence/test/recorded/repair-cafe.jsonl.gz', import.meta.url);
const template = templateOf(gunzipSync(readFileSync(recorded)).toString());
const dataDir = values.data ?? mkdtempSync(path.join(tmpdir(), 'agento-bench-'));
const traces = path.join(dataDir, 'traces');
const nameOf = (number: number) => `${number.toString(16).padStart(8, '0')}.jsonl`;
const say = (line: string) => process.stdout.write(`${line}\n`);
const work = async (what: 'index' | 'ask') =>
  say(
    `peak ${await watched(path.join(import.meta.dirname, 'evidence', 'work.ts'), [what, dataDir])} MiB of memory`,
  );

async function indexed(first: number, end: number): Promise<void> {
  const names = new Set<string>();
  for (let number = first; number < end; number += 1) {
    writeCopy(template, traces, number);
    names.add(nameOf(number));
  }
  say(`runs ${first + 1} to ${end}, ${end * template.spans} spans:`);
  await work('index');
  await emptied(dataDir, names);
}

try {
  const there = existsSync(traces) ? readdirSync(traces).length : 0;
  const begun = there - (there % batch);
  for (let number = begun; number < runs; number += batch) {
    await indexed(number, Math.min(number + batch, runs));
  }
  say('nothing changed:');
  await work('index');
  for (let number = runs; number < runs + 10; number += 1) writeCopy(template, traces, number);
  appendFileSync(path.join(traces, nameOf(runs)), '\n');
  rmSync(path.join(traces, nameOf(0)), { force: true });
  say('10 files are new, 1 is gone:');
  await work('index');
  appendFileSync(path.join(traces, nameOf(runs)), '\n');
  writeCopy(template, traces, runs + 1);
  say('1 file has grown, 1 is replaced:');
  await work('index');
  say('questions:');
  await work('ask');
} finally {
  if (values.data === undefined) rmSync(dataDir, { recursive: true, force: true });
}
