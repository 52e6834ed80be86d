import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { closeAll, type Tiny, type TinyWork, tiny } from './harness.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'disk-'));
});
afterEach(async () => {
  await closeAll();
  await rm(folder, { recursive: true, force: true });
});

const run = async (made: Tiny, goal = 'g') => {
  const { statusCode, payload } = await made.app.inject({
    method: 'POST',
    url: '/run',
    headers: { 'content-type': 'application/json' },
    payload: { goal },
  });
  return { status: statusCode, body: JSON.parse(payload) as Record<string, unknown> };
};

/** What `/readyz` says of the disk. */
const ready = async (made: Tiny) => {
  const { statusCode, payload } = await made.app.inject('/readyz');
  const { disk, last_file_error } = JSON.parse(payload) as Record<string, string | null>;
  return { status: statusCode, disk, failed: last_file_error !== null };
};

const isReady = { status: 200, disk: 'writable', failed: false };

test('A run that cannot be written down is not begun, and /readyz says why, until it can be.', async () => {
  const made = await tiny(async () => 'Rent a room.');
  const runs = join(made.dataDir, 'runs');
  await writeFile(runs, 'in the way');

  expect(await run(made)).toMatchObject({
    status: 503,
    body: { detail: expect.stringMatching(/^The run cannot be written down, so it was not begun: /) },
  });
  expect(await ready(made)).toEqual({
    status: 503,
    disk: expect.not.stringMatching('writable'),
    failed: true,
  });

  await rm(runs);
  expect(await ready(made)).toMatchObject({ status: 200, disk: 'writable' });
  expect((await run(made)).status).toBe(200);
  expect(await ready(made)).toEqual(isReady);
});

const isRoot = process.getuid?.() === 0 && process.platform === 'linux';

/** A disk of its own, for as long as the work takes. */
async function withDisk(size: string, work: (disk: string) => Promise<void>): Promise<void> {
  const disk = join(folder, 'disk');
  execFileSync('mkdir', [disk]);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', disk]);
  try {
    await work(disk);
  } finally {
    await closeAll();
    // A file that is being closed, in a thread of its own, keeps it busy for a moment.
    await vi.waitFor(() => execFileSync('umount', [disk], { stdio: 'ignore' }), { timeout: 10_000 });
  }
}

/** Fills a disk to the last byte. */
function fill(disk: string): void {
  execFileSync('sh', ['-c', 'cat /dev/zero > "$0/filling" 2>/dev/null || true', disk]);
}

/** What a file that was written by halves would leave: one whose name begins with a dot. */
const halves = (dataDir: string) =>
  readdirSync(dataDir, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /(^|\/)\.(?!unsettled)[^/]*$/.test(path),
  );

/** Files of many lengths: on a full disk one may still grow to the end of its last block. */
const goals = Array.from({ length: 32 }, (_, index) => 'g'.repeat(1 + index * 128));

const noSpace = expect.stringMatching(/no space/);

/** A module whose work goes on when it is told to; `begun` resolves when so many runs have begun it. */
function gated() {
  const open = Promise.withResolvers<void>();
  let count = 0;
  const work: TinyWork = async () => {
    count += 1;
    await open.promise;
    return 'Rent a room.';
  };
  return { work, begun: (many: number) => vi.waitUntil(() => count === many, 30_000), goOn: open.resolve };
}

const stateOf = async (made: Tiny, runId: string) => {
  const { payload } = await made.app.inject(`/runs/${runId}`);
  return (JSON.parse(payload) as { state: string }).state;
};

describe.runIf(isRoot)('a disk of its own, which only root may mount (otherwise skipped)', () => {
  test('that is full begins no run, and does when there is room again', () =>
    withDisk('8m', async (dataDir) => {
      const made = await tiny(async () => 'Rent a room.', { dataDir });
      fill(dataDir);

      expect(await run(made)).toMatchObject({ status: 503, body: { type: 'urn:agento:problem:busy' } });
      expect(await ready(made)).toMatchObject({
        status: 503,
        disk: expect.stringMatching(/no space/),
        failed: true,
      });
      expect(halves(dataDir)).toEqual([]);

      await rm(join(dataDir, 'filling'));
      expect((await run(made)).status).toBe(200);
    }));

  test('that becomes full during runs costs nothing that was paid for, and their ends are recorded when there is room', () =>
    withDisk('16m', async (dataDir) => {
      const { work, begun, goOn } = gated();
      const made = await tiny(work, { dataDir, maxRuns: goals.length });
      const running = goals.map((goal) => run(made, goal));
      await begun(goals.length);
      fill(dataDir);
      goOn();

      const answers = await Promise.all(running);
      expect(answers).toEqual(
        goals.map(() => ({ status: 200, body: expect.objectContaining({ note: 'Rent a room.' }) })),
      );
      expect(await ready(made)).toMatchObject({ status: 503, disk: noSpace, failed: true });
      const states = () => Promise.all(answers.map(({ body }) => stateOf(made, String(body.run_id))));
      expect(await states()).toContain('running');

      await rm(join(dataDir, 'filling'));
      await vi.waitUntil(async () => (await states()).every((state) => state === 'finished'), 30_000);
      expect((await ready(made)).disk).toBe('writable');
      expect(halves(dataDir)).toEqual([]);
    }));

  test('that is read-only begins no run, and does when it can be written', () =>
    withDisk('8m', async (dataDir) => {
      const made = await tiny(async () => 'Rent a room.', { dataDir });
      execFileSync('mount', ['-o', 'remount,ro', dataDir]);

      expect(await run(made)).toMatchObject({ status: 503, body: { type: 'urn:agento:problem:busy' } });
      expect(await ready(made)).toMatchObject({ status: 503, disk: expect.stringMatching(/read-only/) });

      execFileSync('mount', ['-o', 'remount,rw', dataDir]);
      expect((await run(made)).status).toBe(200);
      expect(await ready(made)).toEqual(isReady);
    }));
});
