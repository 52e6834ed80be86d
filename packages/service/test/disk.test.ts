import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { closeAll, tiny } from './harness.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'disk-'));
});
afterEach(async () => {
  await closeAll();
  await rm(folder, { recursive: true, force: true });
});

test('A run that cannot be written down is refused and shows in /readyz, until it can be again.', async () => {
  const made = await tiny(async () => 'Rent a room.');
  const run = () =>
    made.app.inject({
      method: 'POST',
      url: '/run',
      headers: { 'content-type': 'application/json' },
      payload: { goal: 'g' },
    });
  const ready = async () => {
    const { statusCode, payload } = await made.app.inject('/readyz');
    const { disk, last_file_error } = JSON.parse(payload) as Record<string, string | null>;
    return { status: statusCode, writable: disk === 'writable', failed: last_file_error !== null };
  };
  const runs = join(made.dataDir, 'runs');
  await writeFile(runs, 'in the way');

  expect((await run()).statusCode).toBe(503);
  expect(await ready()).toEqual({ status: 503, writable: false, failed: true });

  await rm(runs);
  expect(await ready()).toEqual({ status: 200, writable: true, failed: true });
  expect((await run()).statusCode).toBe(200);
  expect(await ready()).toEqual({ status: 200, writable: true, failed: false });
});
