import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDelivery, type Delivery, type DeliveryOptions } from '../src/index.ts';
import { type Collector, endSpans, numbered, startCollector, until } from './collector.ts';

let collector: Collector;
let spool: string;
let safe: Set<string>;
let delivery: Delivery | null;

beforeEach(async () => {
  collector = await startCollector();
  spool = mkdtempSync(join(tmpdir(), 'safe-'));
  safe = new Set();
  delivery = null;
});
afterEach(async () => {
  await delivery?.shutdown(0);
  await collector.stop();
  rmSync(spool, { recursive: true });
});

/** Ends ten spans; the ids it is told of must be ten. */
async function tenAreSafe(options: Partial<DeliveryOptions> = {}): Promise<Delivery> {
  delivery = createDelivery({
    url: collector.url,
    spoolDirectory: null,
    scheduledDelayMs: 20,
    onSafe: (ids) => {
      for (const id of ids) safe.add(id);
    },
    ...options,
  });
  endSpans(delivery, numbered('span', 10));
  expect(safe.size).toBe(0);
  await until(() => safe.size === 10);
  return delivery;
}

test('Spans that the collector accepted are safe.', async () => {
  const { stats } = await tenAreSafe();
  expect(stats().exported).toBe(10);
});

test('Spans that are in the spool are safe while the collector is down.', async () => {
  collector.answer = () => ({ status: 503 });
  const { stats } = await tenAreSafe({ spoolDirectory: spool });
  expect(stats()).toMatchObject({ exported: 0, spooled: 10 });
});

test('Spans that were rejected for good are safe, and counted as dropped.', async () => {
  collector.answer = () => ({ status: 400 });
  const { stats } = await tenAreSafe();
  expect(stats().dropped).toEqual({ rejected_400: 10 });
});

test('Spans of a request that had to be split are safe when all its parts are.', async () => {
  collector.answer = ({ spans }) => ({ status: spans.length > 3 ? 413 : 200 });
  const { stats } = await tenAreSafe();
  expect(stats().exported).toBe(10);
});
