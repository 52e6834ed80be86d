import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { recordedText } from '@agento/evidence/recorded';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { agento } from './test-terminal.ts';

let folder: string;
const asked = (...words: string[]) => agento(['audit', ...words], { env: { AGENTO_DATA_DIR: folder } });

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'agento-audit-'));
  await mkdir(path.join(folder, 'empty'));
  await writeFile(path.join(folder, 'recorded.jsonl'), recordedText());
  await writeFile(path.join(folder, 'broken.jsonl'), 'not JSON {');
});
afterAll(() => rm(folder, { recursive: true }));

test('audit reports the worst first, with passages, names what it could not read, and goes on', async () => {
  const { stdout, exitCode } = await asked(folder, '--severity', 'warning');
  expect(exitCode).toBe(0);
  expect(stdout).toContain('One run: 0 errors, 1 warnings, 0 notes');
  expect(stdout).toContain('broken.jsonl: holds no trace in OTLP JSON.');
  expect(stdout).toContain('! p3-i3-a1 lowered c7 from 1 to 0; it was to change c3.');
});

test('audit exits with 1 if a finding is as bad as --fail-on says, and writes JUnit and SARIF', async () => {
  const [junit, sarif] = [path.join(folder, 'audit.xml'), path.join(folder, 'audit.sarif')];
  const { exitCode } = await asked(folder, '--fail-on', 'warning', '--junit', junit, '--sarif', sarif);
  expect(exitCode).toBe(1);
  expect((await asked(folder, '--fail-on', 'error')).exitCode).toBe(0);
  expect(await readFile(junit, 'utf8')).toContain('failures="1"');
  expect(JSON.parse(await readFile(sarif, 'utf8')).runs[0].tool.driver.name).toBe('agento-audit');
});

test('audit says in a sentence that a folder is empty, and that there is no such rule', async () => {
  const empty = path.join(folder, 'empty');
  expect(await asked(empty)).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining(`There is no run to audit in ${empty}.`),
  });
  expect(await asked(folder, '--rule', 'nope')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('There is no rule nope.'),
  });
});
