import { execFile } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { createRedactor } from '../src/index.ts';
import { kinds, places } from '../src/testing.ts';

const root = join(import.meta.dirname, '..');
const readme = await readFile(join(root, 'README.md'), 'utf8');

test('the example removes the secrets from the spans of an SDK that is not ours, as the README says', async () => {
  const example = join(root, 'examples/own-sdk.ts');
  expect(readme).toContain(await readFile(example, 'utf8'));
  const env = { PATH: process.env.PATH, PAY_API_KEY: 'of-the-cash-desk-1' };
  const exporters = { OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };
  const { stdout } = await promisify(execFile)(process.execPath, [example], {
    env: { ...env, ...exporters },
  });
  const shown = readme.slice(readme.indexOf('  attributes: {'), readme.indexOf('  },\n```'));
  expect(stdout).toContain(shown);
  expect(stdout).toContain("attributes: { reason: 'Not a key: ***REDACTED***' }");
  for (const secret of ['hunter2', 'Bearer', 'blue-door-17', 'of-the-cash-desk-1'])
    expect(stdout).not.toContain(secret);
});

test('what the README says of one text and of the credentials to test with is so', () => {
  expect(
    createRedactor({ secrets: ['of-the-cash-desk-1'] }).text(
      '{"password":"tea","note":"b2YtdGhlLWNhc2gtZGVzay0x"}',
    ),
  ).toEqual({
    text: '{"password":"***REDACTED***","note":"***REDACTED***"}',
    count: 2,
    rules: ['secret-key', 'loaded-secret'],
  });
  expect(readme).toContain(`${Object.keys(kinds).length} kinds in ${Object.keys(places).length} places`);
});

test('the README leads only to files that are there', async () => {
  for (const [, link = ''] of readme.matchAll(/\]\(([^):]+)\)/g)) await access(join(root, link));
});
