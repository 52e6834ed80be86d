import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Collector, startCollector } from './collector.ts';

const root = path.join(import.meta.dirname, '..');
const example = path.join(root, 'examples/own-sdk.ts');
const readme = await readFile(path.join(root, 'README.md'), 'utf8');

let collector: Collector;
let folder: string;
beforeEach(async () => {
  collector = await startCollector();
  folder = mkdtempSync(path.join(tmpdir(), 'delivery-readme-'));
});
afterEach(async () => {
  await collector.stop();
  rmSync(folder, { recursive: true });
});

/** What the example prints, as a process of its own. */
async function run(): Promise<string> {
  const child = spawn(process.execPath, [example], {
    env: { PATH: process.env.PATH, TRACES_URL: collector.url, SPOOL: path.join(folder, 'spool') },
  });
  return (await text(child.stdout)).trim().split('\n').at(-1) ?? '';
}

test('The README shows the example as it is run, and every option there is.', async () => {
  expect(readme).toContain(await readFile(example, 'utf8'));
  const types = await readFile(path.join(root, 'src/types.ts'), 'utf8');
  const [, options = ''] = /interface DeliveryOptions \{\n([\s\S]*?)\n\}/.exec(types) ?? [];
  const rows = readme.slice(readme.indexOf('## Options')).matchAll(/^\| `(\w+)`/gm);
  expect([...rows].map(([, name]) => name)).toEqual(
    [...options.matchAll(/^ {2}(\w+)\??:/gm)].map(([, name]) => name),
  );
});

test('The example prints what the README says, with a collector and without.', async () => {
  const printed = [...readme.matchAll(/`(\{"ended".*?\})`/g)].map(([, line]) => line);
  expect(await run()).toBe(printed[0]);
  await collector.stop();
  expect(await run()).toBe('{"ended":1,"adopted":0,"exported":0,"spooled":1}');
  await collector.start();
  expect(await run()).toBe(printed[1]);
  expect(collector.names()).toEqual(['work', 'work', 'work']);
});
