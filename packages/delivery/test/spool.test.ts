import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createDelivery, type Delivery, type DeliveryOptions } from '../src/index.ts';
import { wholeSpans } from '../src/whole-spans.ts';
import {
  type Answer,
  balance,
  type Collector,
  createLog,
  endSpans,
  numbered,
  startCollector,
  until,
} from './collector.ts';

vi.setConfig({ testTimeout: 60_000 });

let collector: Collector;
let spool: string;
let deliveries: Delivery[];

beforeEach(async () => {
  collector = await startCollector();
  spool = path.join(mkdtempSync(path.join(tmpdir(), 'delivery-')), 'spool');
  deliveries = [];
});
afterEach(async () => {
  for (const delivery of deliveries) await delivery.shutdown(0);
  await collector.stop();
  rmSync(path.dirname(spool), { recursive: true });
});

function create(options: Partial<DeliveryOptions> = {}): Delivery {
  const delivery = createDelivery({
    url: collector.url,
    spoolDirectory: spool,
    scheduledDelayMs: 20,
    ...options,
  });
  deliveries.push(delivery);
  return delivery;
}

function spoolFiles(): string[] {
  if (!existsSync(spool)) return [];
  return readdirSync(spool, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

test('a collector that is up leaves nothing on disk', async () => {
  const delivery = create();
  endSpans(delivery, numbered('span', 100));
  await delivery.forceFlush();
  expect(delivery.stats()).toMatchObject({ exported: 100, spooled: 0 });
  expect(existsSync(spool)).toBe(false);
});

test('in an outage spans wait on disk, readable by nobody else, and arrive in order after it', async () => {
  await collector.stop();
  const delivery = create();
  for (const name of numbered('span', 30)) {
    endSpans(delivery, [name]);
    await delivery.forceFlush();
  }
  await until(() => delivery.stats().spooled === 30);
  expect(delivery.stats()).toMatchObject({ ended: 30, exported: 0, queued: 0, spooled: 30, requests: 0 });
  expect(spoolFiles().map((file) => statSync(file).mode & 0o777)).toEqual(spoolFiles().map(() => 0o600));
  const [folder = ''] = readdirSync(spool).map((name) => path.join(spool, name));
  expect([spool, folder].map((name) => statSync(name).mode & 0o777)).toEqual([0o700, 0o700]);
  await collector.start();
  endSpans(delivery, ['last']);
  await until(() => delivery.stats().exported === 31);
  expect(collector.names()).toEqual([...numbered('span', 30), 'last']);
  expect(delivery.stats()).toMatchObject({
    ended: 31,
    queued: 0,
    spooled: 0,
    dropped: {},
    duplicates_possible: 0,
  });
  expect(spoolFiles()).toEqual([]);
});

test('outages in a row, of every kind, lose nothing, and the accounting is what the collector counted', async () => {
  const delivery = create({ maxQueueBytes: 200_000, maxRequestBytes: 60_000 });
  let answered = 0;
  collector.answer = () => {
    answered += 1;
    if (answered % 7 === 3) return { status: 503, headers: { 'retry-after': '0' } };
    if (answered % 7 === 5) return 'close';
    if (answered % 11 === 8) return { status: 429, headers: { 'retry-after': '0' } };
    return { status: 200 };
  };
  const content = { attributes: { payload: 'x'.repeat(2_000) } };
  for (let round = 0; round < 20; round += 1) {
    if (round === 5) await collector.stop();
    if (round === 12) await collector.start();
    endSpans(delivery, numbered(`round-${round}`, 50), content);
    await delivery.forceFlush();
    expect(balance(delivery.stats())).toEqual([delivery.stats().ended, delivery.stats().ended]);
  }
  await until(() => delivery.stats().exported === 1_000);
  expect(collector.names()).toHaveLength(1_000);
  expect(new Set(collector.names()).size).toBe(1_000);
  expect(delivery.stats()).toMatchObject({ ended: 1_000, queued: 0, spooled: 0, dropped: {} });
  expect(delivery.stats().requests).toBe(collector.requests.length);
  expect(delivery.stats().failures).toBeGreaterThanOrEqual(
    collector.requests.filter(({ status }) => status !== 200).length,
  );
});

test('a long scheduled delay holds nothing in memory once the collector is known to be down', async () => {
  await collector.stop();
  const delivery = create({ scheduledDelayMs: 600_000, maxBatchSpans: 2 });
  endSpans(delivery, ['one', 'two']);
  await until(() => delivery.stats().spooled === 2);
  endSpans(delivery, ['three']);
  await until(() => delivery.stats().spooled === 3);
  await collector.start();
});

test('a burst larger than the queue goes to disk and arrives whole', async () => {
  const delivery = create({ maxQueueBytes: 1_000_000, maxRequestBytes: 300_000 });
  endSpans(delivery, numbered('span', 500), { attributes: { payload: 'x'.repeat(10_000) } });
  expect(delivery.stats().spooled).toBeGreaterThan(0);
  await until(() => delivery.stats().exported === 500);
  expect(collector.names()).toEqual(numbered('span', 500));
});

test('a request in flight for long is on disk meanwhile, and is not sent again once it is answered', async () => {
  const { promise: held, resolve: release } = Promise.withResolvers<Answer>();
  collector.answer = ({ spans }) => (spans.includes('slow') ? held : { status: 200 });
  const delivery = create();
  endSpans(delivery, ['slow']);
  await delivery.forceFlush();
  expect(delivery.stats()).toMatchObject({ queued: 0, spooled: 1, failures: 0 });
  endSpans(delivery, ['after it']);
  await until(() => delivery.stats().spooled === 2);
  expect(spoolFiles()).toHaveLength(2);
  release({ status: 200 });
  await until(() => delivery.stats().exported === 2);
  expect(collector.names()).toEqual(['slow', 'after it']);
  expect(delivery.stats()).toMatchObject({ requests: 2, spooled: 0, duplicates_possible: 0 });
  expect(spoolFiles()).toEqual([]);
});

test('a request in flight at the shutdown is kept on disk and counted as a possible duplicate', async () => {
  const reached = Promise.withResolvers<void>();
  collector.answer = () => {
    reached.resolve();
    return 'hang';
  };
  const delivery = create();
  endSpans(delivery, ['slow']);
  await reached.promise;
  await delivery.shutdown(50);
  expect(delivery.stats()).toMatchObject({
    ended: 1,
    queued: 0,
    spooled: 1,
    dropped: {},
    duplicates_possible: 1,
  });
});

test('the next process sends what one has left at its shutdown', async () => {
  await collector.stop();
  const first = create();
  endSpans(first, numbered('span', 10));
  await first.shutdown(1_000);
  expect(first.stats()).toMatchObject({ ended: 10, exported: 0, spooled: 10, dropped: {} });
  await collector.start();
  const second = create();
  await until(() => second.stats().exported === 10);
  expect(collector.names()).toEqual(numbered('span', 10));
  expect(second.stats()).toMatchObject({ ended: 0, adopted: 10, spooled: 0 });
  expect(balance(second.stats())).toEqual([10, 10]);
  await second.shutdown(1_000);
  expect(readdirSync(spool)).toEqual([]);
});

test('a process killed in an outage loses nothing: the next one delivers its spool', async () => {
  await collector.stop();
  const child = runChild('wait');
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  await collector.start();
  const delivery = create();
  await until(() => delivery.stats().exported === 50);
  expect(collector.names()).toEqual(numbered('child', 50));
  expect(delivery.stats()).toMatchObject({ ended: 0, adopted: 50, spooled: 0, dropped: {} });
});

test('what a kill loses while the collector hangs has ended within the last second', async () => {
  collector.answer = () => 'hang';
  const child = runChild('stream');
  const exit = once(child, 'exit');
  const ended: { name: string; at: number }[] = [];
  for await (const line of createInterface(child.stdout)) {
    const [name = '', at] = line.split(' ');
    ended.push({ name, at: Number(at) });
    if (ended.length === 150) child.kill('SIGKILL');
  }
  await exit;
  const killedAt = ended[149]?.at ?? 0;
  collector.answer = () => ({ status: 200 });
  const delivery = create();
  // Half a second more than is promised: the machine that runs this may be busy.
  const old = ended.filter(({ at }) => at < killedAt - 1_500).map(({ name }) => name);
  await until(() => delivery.stats().spooled === 0);
  expect(old.length).toBeGreaterThan(10);
  expect(collector.names()).toEqual(expect.arrayContaining(old));
});

test('a script ends by itself while the collector is gone, and leaves its spans on disk', async () => {
  await collector.stop();
  const [code] = await once(runChild('end'), 'exit');
  expect(code).toBe(0);
  await collector.start();
  const delivery = create();
  await until(() => delivery.stats().exported === 50);
  expect(collector.names()).toEqual(numbered('child', 50));
});

test('the spool of a process that lives is left to it', async () => {
  await collector.stop();
  const child = runChild('wait');
  await once(child.stdout, 'data');
  const delivery = create();
  expect(delivery.stats().adopted).toBe(0);
  expect(spoolFiles()).not.toEqual([]);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await collector.start();
});

test('a full spool drops its oldest files first and counts them', async () => {
  await collector.stop();
  const delivery = create({ maxSpoolBytes: 60_000 });
  for (const name of numbered('span', 10)) {
    endSpans(delivery, [name], { attributes: { payload: 'x'.repeat(9_000) } });
    await delivery.forceFlush();
  }
  await until(() => delivery.stats().queued === 0);
  expect(delivery.stats()).toMatchObject({ ended: 10, spooled: 6, dropped: { spool_full: 4 } });
  await collector.start();
  await until(() => delivery.stats().exported === 6);
  expect(collector.names()).toEqual(numbered('span', 10).slice(4));
});

test('a spool that cannot be written is warned about once; spans stay in memory, and are counted when lost', async () => {
  await collector.stop();
  writeFileSync(spool, 'a file where the folder should be');
  const log = createLog();
  const delivery = create({ maxQueueBytes: 50_000, log });
  endSpans(delivery, numbered('span', 10), { attributes: { payload: 'x'.repeat(9_000) } });
  await delivery.forceFlush();
  expect(delivery.stats()).toMatchObject({ ended: 10, queued: 5, spooled: 0, dropped: { spool_error: 5 } });
  expect(log.lines.filter((line) => line === 'warn: Spans cannot be written to the spool')).toHaveLength(1);
  await collector.start();
  await until(() => delivery.stats().exported === 5);
  expect(collector.names()).toEqual(numbered('span', 5));
});

test('a spooled request that the collector finds too large is split', async () => {
  await collector.stop();
  const delivery = create();
  endSpans(delivery, numbered('span', 20), { attributes: { payload: 'x'.repeat(1_000) } });
  await delivery.forceFlush();
  await until(() => delivery.stats().spooled === 20);
  collector.answer = ({ size }) => ({ status: size > 8_000 ? 413 : 200 });
  await collector.start();
  await until(() => delivery.stats().exported === 20);
  expect(collector.names()).toEqual(numbered('span', 20));
  expect(balance(delivery.stats())).toEqual([20, 20]);
  expect(spoolFiles()).toEqual([]);
});

test('a spooled request that is damaged is dropped with its reason, and the rest is sent', async () => {
  const folder = path.join(spool, '00000000-1-00000000');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, '00000000-3.otlp'), 'no protobuf');
  writeFileSync(path.join(folder, '00000001-1.otlp.tmp'), 'half a fi');
  const longAgo = new Date(Date.now() - 3_600_000);
  utimesSync(folder, longAgo, longAgo);
  const delivery = create();
  endSpans(delivery, ['whole']);
  await until(() => delivery.stats().exported === 1);
  expect(delivery.stats()).toMatchObject({ adopted: 3, exported: 1, dropped: { spool_damaged: 3 } });
  expect(balance(delivery.stats())).toEqual([4, 4]);
});

test.each([
  ['in its last spans', 0.9, 17],
  ['in its second', 0.06, 1],
  ['before it', 0.01, 0],
])('a spooled request that breaks off %s gives the spans that are whole', async (_where, part, whole) => {
  await collector.stop();
  const first = create();
  endSpans(first, numbered('span', 20), { attributes: { payload: 'x'.repeat(1_000) } });
  await first.shutdown(0);
  const [file = ''] = spoolFiles();
  truncateSync(file, Math.floor(statSync(file).size * part));
  const folder = path.join(spool, '00000000-1-00000000');
  renameSync(path.dirname(file), folder);
  const longAgo = new Date(Date.now() - 3_600_000);
  utimesSync(folder, longAgo, longAgo);
  await collector.start();
  const next = create();
  await until(() => next.stats().spooled === 0);
  expect(next.stats()).toMatchObject({
    adopted: 20,
    exported: whole,
    dropped: { spool_damaged: 20 - whole },
  });
  expect(collector.names()).toEqual(numbered('span', whole));
});

test('what is no file of the spool is neither followed nor read, and puts nothing out of its place', async () => {
  await collector.stop();
  const first = create();
  endSpans(first, numbered('span', 3));
  await first.shutdown(0);
  const [file = ''] = spoolFiles();
  const folder = path.join(spool, '00000000-1-00000000');
  renameSync(path.dirname(file), folder);
  mkdirSync(path.join(folder, '90000002-1.otlp'), { recursive: true });
  const secret = path.join(path.dirname(spool), 'secret');
  cpSync(path.join(folder, path.basename(file)), secret);
  symlinkSync(secret, path.join(folder, '90000000-3.otlp'));
  writeFileSync(path.join(folder, '90000001-1.otlp'), '');
  truncateSync(path.join(folder, '90000001-1.otlp'), 2 ** 29);
  writeFileSync(path.join(folder, `90000003-${'9'.repeat(40)}.otlp`), 'a count beyond all bounds');
  const longAgo = new Date(Date.now() - 3_600_000);
  utimesSync(folder, longAgo, longAgo);
  await collector.start();
  const delivery = create();
  await until(() => delivery.stats().exported === 3);
  expect(delivery.stats()).toMatchObject({ adopted: 3, spooled: 0, dropped: {} });
  expect(collector.names()).toEqual(numbered('span', 3));
  expect(existsSync(secret)).toBe(true);
});

test.each<[string, Buffer]>([
  ['is empty', Buffer.alloc(0)],
  ['is all zeros', Buffer.alloc(5_000)],
  ['is random', Buffer.from(Array.from({ length: 5_000 }, (_, at) => (at * at * 31 + 7 * at) % 251))],
  ['has a length that it has not', Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2, 3])],
  ['has a number without an end', Buffer.alloc(40, 0x80)],
  ['is groups in groups', Buffer.alloc(50_000, 0x0b)],
  ['has a span without ids', Buffer.from([0x0a, 6, 0x12, 4, 0x12, 2, 0x2a, 0])],
])('a spooled request that %s costs only the spans its name speaks of', async (_what, content) => {
  const folder = path.join(spool, '00000000-1-00000000');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, '00000000-3.otlp'), content);
  const longAgo = new Date(Date.now() - 3_600_000);
  utimesSync(folder, longAgo, longAgo);
  const delivery = create();
  endSpans(delivery, ['whole']);
  await until(() => delivery.stats().exported === 1 && delivery.stats().spooled === 0);
  expect(delivery.stats()).toMatchObject({ adopted: 3, dropped: { spool_damaged: 3 } });
  expect(collector.requests).toHaveLength(1);
});

test('of a spooled request the spans that are whole are found wherever it breaks off', async () => {
  await collector.stop();
  const delivery = create();
  endSpans(delivery, numbered('span', 5), { attributes: { prompt: 'Repair bicycles. '.repeat(20) } });
  await delivery.shutdown(0);
  const [file = ''] = spoolFiles();
  const bytes = readFileSync(file);
  const found = Array.from({ length: bytes.length + 1 }, (_, end) => wholeSpans(bytes.subarray(0, end)));
  const counts = found.map(({ spans }) => spans);
  expect(counts).toEqual(counts.toSorted());
  expect(new Set(counts)).toEqual(new Set([0, 1, 2, 3, 4, 5]));
  expect(found.map((request) => wholeSpans(request.bytes).spans)).toEqual(counts);
  await collector.start();
});

function runChild(mode: string) {
  const script = path.join(import.meta.dirname, 'child.ts');
  return spawn(process.execPath, [script, collector.url, spool, mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
