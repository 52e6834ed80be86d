import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createDelivery, type Delivery, type DeliveryOptions } from '../src/index.ts';
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
let delivery: Delivery;
let log: ReturnType<typeof createLog>;

beforeEach(async () => {
  collector = await startCollector();
  log = createLog();
});
afterEach(async () => {
  await delivery.shutdown(0);
  await collector.stop();
});

function create(options: Partial<DeliveryOptions> = {}): Delivery {
  delivery = createDelivery({
    url: collector.url,
    spoolDirectory: null,
    scheduledDelayMs: 20,
    log,
    ...options,
  });
  return delivery;
}

/** Answers with these, one after another, and then always with 200. */
function answers(...given: Answer[]): void {
  collector.answer = () => given.shift() ?? { status: 200 };
}

const refusal = 'warn: The trace collector does not accept spans';
const recovery = 'info: The trace collector accepts spans again';

test('400 drops the batch with its reason, without another attempt', async () => {
  answers({ status: 400 });
  const { stats, forceFlush } = create();
  endSpans(delivery, ['refused', 'refused too']);
  await forceFlush();
  endSpans(delivery, ['later']);
  await forceFlush();
  expect(collector.names()).toEqual(['later']);
  expect(collector.requests).toHaveLength(2);
  expect(stats()).toMatchObject({ ended: 3, exported: 1, dropped: { rejected_400: 2 }, failures: 1 });
  expect(balance(stats())).toEqual([3, 3]);
});

test('413 halves the batch until the collector takes it', async () => {
  collector.answer = ({ size }) => ({ status: size > 10_000 ? 413 : 200 });
  const { stats, forceFlush } = create();
  endSpans(delivery, numbered('span', 64), { attributes: { payload: 'x'.repeat(900) } });
  await forceFlush();
  expect(collector.names()).toEqual(numbered('span', 64));
  expect(stats()).toMatchObject({
    ended: 64,
    exported: 64,
    dropped: {},
    shed_spans: 0,
    duplicates_possible: 0,
  });
  expect(stats().failures).toBe(collector.requests.filter(({ status }) => status === 413).length);
});

test('a single span refused with 413 sheds what it can, and is dropped when that is not enough', async () => {
  collector.answer = ({ size, spans }) => ({
    status: spans.includes('hopeless') || size > 20_000 ? 413 : 200,
  });
  const { stats, forceFlush } = create({ shedFirst: ['ai.payload.large'] });
  const events = {
    'ai.payload.large': { text: 'x'.repeat(60_000) },
    capture: { outputs: 'y'.repeat(30_000) },
  };
  endSpans(delivery, ['sheddable', 'hopeless'], { events });
  await forceFlush();
  expect(collector.spans().map(({ name, events: left }) => [name, left])).toEqual([['sheddable', []]]);
  expect(stats()).toMatchObject({ ended: 2, exported: 1, dropped: { too_large: 1 }, shed_spans: 2 });
  expect(balance(stats())).toEqual([2, 2]);
});

test('429 is sent again, but not before the time the collector has asked for', async () => {
  answers({ status: 429, headers: { 'retry-after': '2' } });
  const { stats, forceFlush } = create();
  endSpans(delivery, ['one']);
  await forceFlush();
  endSpans(delivery, ['two']);
  await forceFlush();
  await until(() => stats().exported === 2);
  const [refused, next] = collector.requests;
  expect((next?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(1_990);
  expect(collector.names()).toEqual(['one', 'two']);
  expect(stats()).toMatchObject({ failures: 1, dropped: {}, duplicates_possible: 0 });
  expect(log.lines).toEqual([refusal, recovery]);
});

test.each([401, 500, 503])('%i is sent again until the collector takes it', async (status) => {
  answers({ status }, { status, headers: { 'retry-after': '0' } });
  const { stats, forceFlush } = create();
  endSpans(delivery, ['one']);
  await forceFlush();
  await until(() => stats().exported === 1);
  expect(collector.requests.map((request) => request.status)).toEqual([status, status, 200]);
  expect(stats()).toMatchObject({ ended: 1, requests: 3, failures: 2, dropped: {}, duplicates_possible: 0 });
  expect(log.lines).toEqual([refusal, recovery]);
});

test('spans that a partial success rejects are counted as dropped, the others as exported', async () => {
  answers({ status: 200, rejected: 3 });
  const { stats, forceFlush } = create();
  endSpans(delivery, numbered('span', 10));
  await forceFlush();
  expect(stats()).toMatchObject({ ended: 10, exported: 7, dropped: { partial_success: 3 }, failures: 0 });
});

test('a collector that hangs is given up after the time limit and asked again', async () => {
  answers('hang');
  const { stats, forceFlush } = create({ exportTimeoutMs: 1_000 });
  endSpans(delivery, ['one']);
  await forceFlush();
  expect(stats()).toMatchObject({ exported: 0, queued: 1, failures: 1, duplicates_possible: 1 });
  await until(() => stats().exported === 1);
  expect(collector.names()).toEqual(['one']);
});

test('a connection that the collector closes without an answer is tried again', async () => {
  answers('close', 'close');
  const { stats, forceFlush } = create();
  endSpans(delivery, ['one', 'two']);
  await forceFlush();
  await until(() => stats().exported === 2);
  expect(collector.names()).toEqual(['one', 'two']);
  expect(stats()).toMatchObject({ failures: 2, dropped: {}, duplicates_possible: 2 });
});

test('a kept connection that the collector has closed is no failure of the collector: it is sent again at once', async () => {
  answers({ status: 200 }, 'close');
  const { stats, forceFlush } = create();
  endSpans(delivery, ['one']);
  await forceFlush();
  endSpans(delivery, ['two']);
  await forceFlush();
  expect(collector.names()).toEqual(['one', 'two']);
  expect(stats()).toMatchObject({ exported: 2, requests: 3, failures: 1, duplicates_possible: 1 });
  expect(log.lines).toEqual([]);
});

test('a collector that keeps failing is warned about once, and its recovery is told once', async () => {
  answers({ status: 503 }, 'close', { status: 503 });
  const { stats, forceFlush } = create();
  for (const name of numbered('span', 20)) {
    endSpans(delivery, [name]);
    await forceFlush();
  }
  await until(() => stats().exported === 20);
  expect(collector.names()).toEqual(numbered('span', 20));
  expect(log.lines).toEqual([refusal, recovery]);
});

test('a collector that comes and goes is warned about once a minute, not each time', async () => {
  let answered = 0;
  collector.answer = () => ({ status: ++answered % 2 ? 503 : 200, headers: { 'retry-after': '0' } });
  const { stats, forceFlush } = create();
  for (const name of numbered('span', 5)) {
    endSpans(delivery, [name]);
    await forceFlush();
    await until(() => stats().queued === 0);
  }
  expect(stats().failures).toBe(5);
  expect(log.lines).toEqual([refusal, recovery]);
});

test('a shutdown returns in time from a collector that hangs', async () => {
  collector.answer = () => 'hang';
  const { stats, shutdown } = create();
  endSpans(delivery, ['one']);
  await shutdown(100);
  await shutdown(100);
  expect(stats()).toMatchObject({ ended: 1, queued: 0, dropped: { shutdown: 1 } });
});
