/**
 * Plants known faults at known steps of good traces, many of each, and says for every rule of `agento audit` how many
 * it found (recall), how many of its new findings are of a planted fault (precision), and how often it named the step.
 * With `--independent` the faults are of other forms, made by somebody else, together with what only looks like them.
 *
 * `node bench/planted.ts <folder of traces> [--seed 7] [--each 40] [--independent]`
 */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { parseTraces, type Trace } from '@agento/evidence';
import { measureVariants, tableOfVariants } from '@agento/evidence/independent';
import { measure, tableOf } from '@agento/evidence/planted';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '7' },
    each: { type: 'string', default: '40' },
    independent: { type: 'boolean', default: false },
  },
});
const [folder] = positionals;
if (folder === undefined) throw new Error('Name a folder of traces, such as data/traces.');
const traces: Trace[] = [];
for (const name of (await readdir(folder)).filter((name) => name.endsWith('.jsonl')).sort()) {
  traces.push(...parseTraces(await readFile(path.join(folder, name), 'utf8')));
}
const options = { seed: Number(values.seed), each: Number(values.each) };
if (values.independent) console.log(tableOfVariants(measureVariants(traces, options)));
else console.log(tableOf(measure(traces, options)));
