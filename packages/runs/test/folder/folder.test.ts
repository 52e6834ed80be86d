import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { appendFile, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FolderLease } from '../../src/folder/lease.ts';
import { Unsettled } from '../../src/folder/unsettled.ts';
import { type Lease, LeaseLost, type PartId, type RunStore } from '../../src/index.ts';
import { folderBench } from './bench.ts';

let bench: Awaited<ReturnType<typeof folderBench>>;
let store: RunStore;
let runId = '';
let id: PartId;
beforeEach(async () => {
  bench = await folderBench();
  store = bench.store;
  runId = randomUUID();
  id = { runId, attempt: 1, module: 1 };
});
afterEach(async () => {
  vi.restoreAllMocks();
  await bench.close();
});

const inRun = (...names: string[]) => join(bench.dataDir, 'runs', runId, ...names);
async function claimed(from = store): Promise<Lease> {
  await from.begin({ ...id, input: {}, origin: {} });
  const lease = await from.claim(id);
  if (!lease) throw new Error('Nobody has the part, and yet it could not be claimed');
  return lease;
}

describe('A line that was torn', () => {
  test('costs that line only, before and after somebody appends to the file.', async () => {
    const lease = await claimed();
    await lease.append('calls', ['first', 'second']);
    await lease.end({ settled: false });
    await appendFile(inRun('journal', 'module1.calls.jsonl'), '{"x":1,"d":"to');
    await appendFile(inRun('journal', 'module1.part.jsonl'), '{"x":1,"state":"fin');
    const whole = [
      { seq: 1, data: 'first' },
      { seq: 2, data: 'second' },
    ];

    expect(await store.records(id, 'calls')).toEqual(whole);
    const next = await claimed(await bench.another());
    await next.append('calls', ['third']);
    await next.change({ notes: { kept: true } });
    expect(await store.records(id, 'calls')).toEqual([...whole, { seq: 3, data: 'third' }]);
    expect(await store.part(id)).toMatchObject({ state: 'queued', executions: 2, notes: { kept: true } });
  });

  test('does not keep a part from beginning, if nothing else was written.', async () => {
    await mkdir(inRun('journal'), { recursive: true });
    await writeFile(inRun('journal', 'module1.part.jsonl'), '{"start":{"ru');

    expect(await store.part(id)).toBeNull();
    expect((await claimed()).part.executions).toBe(1);
  });
});

test('A line of an execution that had lost its lease is skipped, even if it reached the disk.', async () => {
  await (await claimed()).append('calls', ['mine']);
  await bench.strand(id);
  const next = await claimed(await bench.another());
  await appendFile(inRun('journal', 'module1.calls.jsonl'), '{"x":1,"d":"late"}\n');
  await next.append('calls', ['theirs']);

  expect(await store.records(id, 'calls')).toEqual([
    { seq: 1, data: 'mine' },
    { seq: 2, data: 'theirs' },
  ]);
});

test('A lease is confirmed at once, and after a pause only if nobody took over.', async () => {
  const lease = await claimed();
  const entry = join(bench.dataDir, 'runs', '.unsettled', 'module1');
  const pause = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 3_600_000);
  await lease.confirm();
  const [taken = ''] = await readdir(entry);
  await rm(join(entry, taken));
  await lease.confirm();

  pause.mockReturnValue(Date.now() + 3_600_000);
  await expect(lease.confirm()).rejects.toThrow(LeaseLost);
  expect(lease.signal.aborted).toBe(true);
});

test('An execution that was frozen while it ended leaves the part to the one that took over.', async () => {
  const frozen = await claimed();
  const other = await bench.another();
  await bench.strand(id);
  const next = await claimed(other);
  // It had looked before it was frozen.
  vi.spyOn(Unsettled.prototype, 'has').mockReturnValueOnce(true);
  await frozen.end({ settled: true });

  await next.append('calls', ['goes on']);
  expect(await store.part(id)).toMatchObject({ settled: false, executions: 2 });
  await next.end({ settled: false });
  expect(await store.claimable(1, 9)).toEqual([id]);
});

test('A part that is reopened while another store clears it away is still there to be claimed.', async () => {
  const lease = await claimed();
  await lease.change({ state: 'failed' });
  await lease.end({ settled: true });
  const other = await bench.another();
  const of = Unsettled.prototype.of;
  vi.spyOn(Unsettled.prototype, 'of').mockImplementationOnce(async function (this: Unsettled, part) {
    await store.reopen(id, {});
    return of.call(this, part);
  });

  expect(await other.claim(id)).toBeNull();
  expect(await store.claimable(1, 9)).toEqual([id]);
  expect((await claimed()).part.executions).toBe(2);
});

test('A part that is reopened while its execution is being settled is executed again.', async () => {
  const lease = await claimed();
  await lease.change({ state: 'waiting_for_review' });
  const note = FolderLease.prototype.note;
  vi.spyOn(FolderLease.prototype, 'note').mockImplementationOnce(async function (this: FolderLease, change) {
    expect(await store.reopen(id, {}, ['waiting_for_review'])).toBe(true);
    return note.call(this, change);
  });
  await lease.end({ settled: true });

  expect(await store.claimable(1, 9)).toEqual([id]);
  expect((await claimed()).part).toMatchObject({ executions: 2, settled: false });
});

test('A part that is reopened while its execution’s entry is cleared away is executed again.', async () => {
  const lease = await claimed();
  await lease.change({ state: 'waiting_for_review' });
  const clear = Unsettled.prototype.clear;
  vi.spyOn(Unsettled.prototype, 'clear').mockImplementationOnce(async function (this: Unsettled, part, upTo) {
    expect(await store.reopen(id, {}, ['waiting_for_review'])).toBe(true);
    return clear.call(this, part, upTo);
  });
  await lease.end({ settled: true });

  expect(await store.claimable(1, 9)).toEqual([id]);
  expect((await claimed()).part.executions).toBe(2);
});

test('A part whose process was killed is claimed by another, which goes on from its records.', async () => {
  await store.begin({ ...id, input: {}, origin: {} });
  const script = join(import.meta.dirname, 'executor-process.ts');
  const child = spawn(process.execPath, [script, bench.dataDir, runId], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await once(child.stdout, 'data');
    expect(await store.claim(id)).toBeNull();
    expect(await store.claimable(1, 9)).toEqual([]);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  await new Promise<void>((resolve) => store.onClaimable(1, resolve));
  expect(await store.claimable(1, 9)).toEqual([id]);
  const lease = await claimed();
  expect(lease.part.executions).toBe(2);
  await lease.append('calls', ['from here']);
  expect((await store.records(id, 'calls')).map(({ data }) => data)).toEqual([
    'from the process',
    'from here',
  ]);
});

test('Everything is for its owner only, and nothing is left of a part that is settled and removed.', async () => {
  const lease = await claimed();
  await lease.append('calls', [1]);
  await lease.writeFile('final_plan.md', 'x');
  const modes: Record<string, string> = {};
  const paths = await readdir(bench.dataDir, { recursive: true });
  for (const path of paths)
    modes[path.replaceAll(/\d+\.[0-9a-f-]{36}/g, 'B.R').replaceAll(runId, 'R')] = (
      (await stat(join(bench.dataDir, path))).mode & 0o777
    ).toString(8);

  expect(modes).toEqual({
    runs: '700',
    'runs/.unsettled': '700',
    'runs/.unsettled/module1': '700',
    'runs/.unsettled/module1/B.R.1.1': '600',
    'runs/R': '700',
    'runs/R/final_plan.md': '600',
    'runs/R/journal': '700',
    'runs/R/journal/module1.calls.jsonl': '600',
    'runs/R/journal/module1.part.jsonl': '600',
  });
  await lease.end({ settled: true });
  expect(await readdir(join(bench.dataDir, 'runs', '.unsettled', 'module1'))).toEqual([]);
  await store.remove(runId, 1);
  expect(await readdir(join(bench.dataDir, 'runs'))).toEqual(['.unsettled']);
});

describe('A disk that cannot be written', () => {
  test('gives its error, shows as the problem, and leaves no part that would be taken for one.', async () => {
    await writeFile(join(bench.dataDir, 'runs'), 'in the way');

    await expect(store.begin({ ...id, input: {}, origin: {} })).rejects.toMatchObject({ code: 'ENOTDIR' });
    expect(await store.problem()).toMatch(/^(EEXIST|ENOTDIR)/);
    await rm(join(bench.dataDir, 'runs'));
    expect(await store.problem()).toBeNull();
    expect(await store.part(id)).toBeNull();
    expect(await readdir(join(bench.dataDir, 'runs'))).toEqual([]);
  });

  test('in the midst of a record keeps what was taken, and nothing of what was not.', async () => {
    await store.begin({ ...id, input: {}, origin: {} });
    const script = join(import.meta.dirname, 'filling-process.ts');
    // A limit on a file's size is a disk that fills up, without one.
    const line = 'ulimit -f 16; exec "$0" "$@"';
    const child = spawn('sh', ['-c', line, process.execPath, script, bench.dataDir, runId]);
    const [[said]] = await Promise.all([once(child.stdout, 'data'), once(child, 'exit')]);
    const { taken, why } = JSON.parse(String(said));

    expect(why).toBe('EFBIG');
    expect(taken).toBeGreaterThan(3);
    expect((await readFile(inRun('journal', 'module1.calls.jsonl'), 'utf8')).split('\n')).toHaveLength(
      taken + 1,
    );
    expect(await store.records(id, 'calls')).toHaveLength(taken);
    await (await claimed()).append('calls', ['there is room again']);
    expect(await store.records(id, 'calls', taken)).toEqual([
      { seq: taken + 1, data: 'there is room again' },
    ]);
  });

  test('refuses records, which are then not there, and takes later ones.', async () => {
    const lease = await claimed();
    const path = inRun('journal', 'module1.calls.jsonl');
    await mkdir(path);

    await expect(lease.append('calls', ['refused'])).rejects.toMatchObject({ code: 'EISDIR' });
    await rm(path, { recursive: true });
    await lease.append('calls', ['taken']);
    expect(await store.records(id, 'calls')).toEqual([{ seq: 1, data: 'taken' }]);
  });
});

describe('A link', () => {
  test('is never followed to a file.', async () => {
    const secret = join(bench.dataDir, 'secret');
    await writeFile(secret, 'secret');
    await claimed();
    await symlink(secret, inRun('final_plan.md'));
    await mkdir(inRun('attempts'));
    await symlink(dirname(secret), inRun('attempts', '2'));

    expect(await store.readFile(id, 'final_plan.md')).toBeNull();
    expect(await store.readFile({ runId, attempt: 2 }, 'secret')).toBeNull();
  });

  test('in the place of a journal is refused, and what it leads to stays as it was.', async () => {
    const other = join(bench.dataDir, 'other');
    await writeFile(other, '{"d":"other"}\n');
    const lease = await claimed();
    await symlink(other, inRun('journal', 'module1.calls.jsonl'));

    await expect(lease.append('calls', [1])).rejects.toMatchObject({ code: 'ELOOP' });
    await expect(store.records(id, 'calls')).rejects.toMatchObject({ code: 'ELOOP' });
    expect(await readFile(other, 'utf8')).toBe('{"d":"other"}\n');
  });
});

test('Runs of versions that kept no journal are known, settled, listed and removed.', async () => {
  await mkdir(inRun('attempts', '2'), { recursive: true });
  await writeFile(inRun('module1_output.json'), '{}');
  await writeFile(inRun('.begun-2-module2'), '');
  await writeFile(inRun('attempts', '2', 'final_plan.md'), 'x');
  const second = { runId, attempt: 2, module: 2 };

  expect(await store.partsOf(runId)).toEqual([id, second]);
  expect(await store.begin({ ...id, input: {}, origin: {} })).toMatchObject({
    begun: false,
    part: { ...id, state: 'finished', settled: true },
  });
  expect(await store.part(second)).toMatchObject({ state: 'failed', settled: true });
  expect(await store.claim(id)).toBeNull();
  expect((await store.list({ module: 1, limit: 9 })).parts).toMatchObject([id]);
  await store.remove(runId, 2);
  expect(await store.partsOf(runId)).toEqual([id]);
  expect(await store.readFile(second, 'final_plan.md')).toBeNull();
  await store.remove(runId, 1);
  expect(await readdir(join(bench.dataDir, 'runs'))).toEqual([]);
});

test('Who watches a part that another process executes hears of its end.', async () => {
  const lease = await claimed();
  const other = await bench.another();
  const ended = new Promise<void>((resolve) => {
    const stop = other.watch(id, async () => {
      if ((await other.part(id))?.state !== 'finished') return;
      stop();
      resolve();
    });
  });

  await lease.change({ state: 'finished' });

  await ended;
});
