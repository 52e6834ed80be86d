import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createDelivery, type Delivery, type DeliveryOptions } from '../src/index.ts';
import { type Answer, type Collector, startCollector, until } from './collector.ts';

vi.setConfig({ testTimeout: 60_000 });

let collector: Collector;
let folder: string;
let delivery: Delivery;
let safe: string[];

beforeEach(async () => {
  collector = await startCollector();
  folder = mkdtempSync(path.join(tmpdir(), 'safe-'));
  safe = [];
});
afterEach(async () => {
  await delivery.shutdown(0);
  await collector.stop();
  rmSync(folder, { recursive: true });
});

function create(options: Partial<DeliveryOptions> = {}): void {
  delivery = createDelivery({
    url: collector.url,
    spoolDirectory: null,
    scheduledDelayMs: 20,
    onSafe: (spanIds) => void safe.push(...spanIds),
    ...options,
  });
}

/** Ends as many spans, of that many characters each; their ids. */
function end(count: number, characters = 10): string[] {
  const tracer = new TracerProvider({ spanProcessors: [delivery.processor] }).getTracer('safe');
  return Array.from({ length: count }, () => {
    const span = tracer.startSpan('work', { attributes: { text: 'x'.repeat(characters) } });
    span.end();
    return span.spanContext().spanId;
  });
}

/** Answers with these, one after another, and then always with 200. */
function answers(...given: Answer[]): void {
  collector.answer = () => given.shift() ?? { status: 200 };
}

test('Spans are safe when the collector has accepted them, and not before.', async () => {
  const answer = Promise.withResolvers<Answer>();
  collector.answer = () => answer.promise;
  create();
  const ended = end(3);
  await until(() => collector.headers.length === 1);
  expect(safe).toEqual([]);
  answer.resolve({ status: 200 });
  await delivery.forceFlush();
  expect(safe).toEqual(ended);
});

test('Spans are safe when they are on disk, while the collector is down.', async () => {
  await collector.stop();
  create({ spoolDirectory: path.join(folder, 'spool') });
  const ended = end(3);
  await delivery.forceFlush();
  await until(() => delivery.stats().spooled === 3);
  expect(safe).toEqual(ended);
});

test('A disk that cannot be written makes nothing safe.', async () => {
  await collector.stop();
  create({ spoolDirectory: '/dev/null/spool' });
  end(3);
  await delivery.forceFlush();
  expect([safe, delivery.stats().queued]).toEqual([[], 3]);
});

test('A request that is split makes its spans safe when the last part was accepted.', async () => {
  const last = Promise.withResolvers<Answer>();
  const given = [{ status: 413 }, { status: 200 }];
  collector.answer = () => given.shift() ?? last.promise;
  create();
  const ended = end(4, 2_000);
  await until(() => collector.headers.length === 3);
  expect(safe).toEqual([]);
  last.resolve({ status: 200 });
  await delivery.forceFlush();
  expect(safe).toEqual(ended);
});

test('Spans that are given up are reported: refused, in part or whole, too large, too many.', async () => {
  answers({ status: 400 }, { status: 200, rejected: 1 });
  create({ maxRequestBytes: 1_024, maxQueueBytes: 4_000 });
  const refused = end(2);
  await delivery.forceFlush();
  const inPart = end(2);
  await delivery.forceFlush();
  const tooLarge = end(1, 500).concat(end(1, 3_000));
  await delivery.forceFlush();
  expect(safe).toEqual([...refused, ...inPart, ...tooLarge]);
  safe = [];
  const tooMany = end(1, 5_000).concat(end(2, 3_000));
  await delivery.forceFlush();
  expect(safe.toSorted()).toEqual(tooMany.toSorted());
  expect(delivery.stats().dropped).toMatchObject({ rejected_400: 2, partial_success: 1 });
});

test('Spans that a shutdown abandons are not safe.', async () => {
  await collector.stop();
  create();
  end(3);
  await delivery.shutdown(50);
  end(1);
  expect(safe).toEqual([]);
  expect(delivery.stats().dropped).toEqual({ shutdown: 3, after_shutdown: 1 });
});
