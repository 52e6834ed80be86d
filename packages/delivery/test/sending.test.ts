import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { isTracingSuppressed } from '@opentelemetry/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDelivery, type Delivery, type DeliveryOptions } from '../src/index.ts';
import { balance, type Collector, endSpans, numbered, plain, startCollector, until } from './collector.ts';

const MiB = 1024 * 1024;
let collector: Collector;
let delivery: Delivery | undefined;

beforeEach(async () => {
  collector = await startCollector();
});
afterEach(async () => {
  await delivery?.shutdown(1_000);
  delivery = undefined;
  await collector.stop();
});

function create(options: Partial<DeliveryOptions> = {}): Delivery {
  delivery = createDelivery({ url: collector.url, spoolDirectory: null, scheduledDelayMs: 20, ...options });
  return delivery;
}

test('spans arrive after the scheduled delay, in one request, with their resource and scope', async () => {
  const { stats } = create();
  endSpans(delivery as Delivery, ['one', 'two'], { attributes: { 'user.goal': 'a café' } });
  await until(() => stats().exported === 2);
  const [request] = collector.accepted;
  expect(collector.accepted).toHaveLength(1);
  expect(plain(request?.resourceSpans[0]?.resource.attributes ?? [])).toMatchObject({
    'service.name': 'delivery-test',
  });
  expect(request?.resourceSpans[0]?.scopeSpans[0]?.scope.name).toBe('delivery');
  expect(collector.spans().map((span) => [span.name, plain(span.attributes)])).toEqual([
    ['one', { 'user.goal': 'a café' }],
    ['two', { 'user.goal': 'a café' }],
  ]);
  expect(stats()).toEqual({
    ended: 2,
    adopted: 0,
    exported: 2,
    queued: 0,
    spooled: 0,
    dropped: {},
    failures: 0,
    bytes_sent: expect.any(Number),
    requests: 1,
    shed_spans: 0,
    shed_bytes: 0,
    duplicates_possible: 0,
  });
});

test('512 spans of 100 KB arrive whole at a collector that refuses requests over 4 MiB', async () => {
  collector.answer = ({ size }) => ({ status: size > 4 * MiB ? 413 : 200 });
  const payload = 'x'.repeat(100_000);
  const { stats, forceFlush } = create({ maxQueueBytes: 64 * MiB });
  endSpans(delivery as Delivery, numbered('large', 512), { attributes: { payload } });
  await forceFlush();
  expect(collector.requests.filter(({ status }) => status !== 200)).toEqual([]);
  expect(collector.names()).toEqual(numbered('large', 512));
  expect(collector.spans().every((span) => plain(span.attributes).payload === payload)).toBe(true);
  expect(stats()).toMatchObject({ ended: 512, exported: 512, queued: 0, dropped: {}, shed_spans: 0 });
});

test('texts whose UTF-8 is three times their length are split by their bytes', async () => {
  const { stats, forceFlush } = create({ maxRequestBytes: 100_000 });
  endSpans(delivery as Delivery, numbered('字', 300), { attributes: { short: '計画'.repeat(300) } });
  await forceFlush();
  expect(Math.max(...collector.requests.map(({ size }) => size))).toBeLessThanOrEqual(100_000);
  expect(collector.names()).toEqual(numbered('字', 300));
  expect(new Set(collector.spans().map((span) => plain(span.attributes).short))).toEqual(
    new Set(['計画'.repeat(300)]),
  );
  expect(stats()).toMatchObject({ exported: 300, dropped: {}, failures: 0 });
});

test('a request that is split keeps each span under its own resource and scope', async () => {
  const { forceFlush } = create({ maxRequestBytes: 2_000 });
  const attributes = { short: 'é'.repeat(300) };
  for (const service of ['A', 'B']) {
    for (const scope of ['x', 'y']) {
      endSpans(delivery as Delivery, numbered(`${service}${scope}`, 5), { service, scope, attributes });
    }
  }
  await forceFlush();
  const places = collector.accepted.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ resource, scopeSpans }) =>
      scopeSpans.flatMap(({ scope, spans }) =>
        spans.map(({ name }) =>
          [name.slice(0, 2), plain(resource.attributes)['service.name'], scope.name].join(' '),
        ),
      ),
    ),
  );
  expect(places).toEqual(['Ax A x', 'Ay A y', 'Bx B x', 'By B y'].flatMap((place) => Array(5).fill(place)));
  expect(Math.max(...collector.requests.map(({ size }) => size))).toBeLessThanOrEqual(2_000);
});

test('a span that is too large sheds the events named for that and says so', async () => {
  const shedFirst = ['ai.payload.large', 'ai.payload.large.compressed'];
  const { stats, forceFlush } = create({ maxRequestBytes: MiB, shedFirst });
  endSpans(delivery as Delivery, ['oversized'], {
    attributes: { 'ai.prompt_truncated': 'the beginning' },
    events: {
      'ai.payload.large': { 'ai.prompt': 'p'.repeat(700_000) },
      'ai.payload.large.compressed': { 'ai.response': 'r'.repeat(700_000) },
      full_response: { text: 'kept' },
    },
  });
  endSpans(delivery as Delivery, ['small']);
  await forceFlush();
  const [oversized, small] = collector.spans();
  expect(plain(oversized?.attributes ?? [])).toEqual({
    'ai.prompt_truncated': 'the beginning',
    'agento.shed': true,
    'agento.shed.bytes': stats().shed_bytes,
  });
  expect(oversized?.events.map(({ name }) => name)).toEqual(['full_response']);
  expect(small?.name).toBe('small');
  expect(stats()).toMatchObject({ ended: 2, exported: 2, shed_spans: 1, dropped: {} });
  expect(stats().shed_bytes).toBeGreaterThan(1_400_000);
});

test('a span with none of these events loses its largest events and attributes first', async () => {
  const { stats, forceFlush } = create({ maxRequestBytes: 100_000 });
  endSpans(delivery as Delivery, ['oversized'], {
    attributes: { name: 'kept', middling: 'm'.repeat(50_000), huge: 'h'.repeat(200_000) },
    events: { capture: { outputs: 'o'.repeat(60_000) }, comparison: { original: 'kept' } },
  });
  await forceFlush();
  const [span] = collector.spans();
  expect(Object.keys(plain(span?.attributes ?? []))).toEqual([
    'name',
    'middling',
    'agento.shed',
    'agento.shed.bytes',
  ]);
  expect(span?.events.map(({ name }) => name)).toEqual(['comparison']);
  expect(stats()).toMatchObject({ exported: 1, shed_spans: 1, dropped: {} });
});

test('a span that nothing makes small enough is dropped as too large, and only that one', async () => {
  const attributes = Object.fromEntries(numbered('attribute', 5_000).map((key) => [key, 'short']));
  const { stats, forceFlush } = create({ maxRequestBytes: 50_000 });
  endSpans(delivery as Delivery, ['huge'], { attributes });
  endSpans(delivery as Delivery, ['small']);
  await forceFlush();
  expect(collector.names()).toEqual(['small']);
  expect(stats()).toMatchObject({ ended: 2, exported: 1, dropped: { too_large: 1 } });
});

test('without a spool the queue is bounded in bytes and what does not fit is counted', async () => {
  await collector.stop();
  const { stats, forceFlush } = create({ maxQueueBytes: 100_000 });
  endSpans(delivery as Delivery, numbered('span', 100), { attributes: { payload: 'x'.repeat(9_000) } });
  await forceFlush();
  const { ended, queued, dropped } = stats();
  expect({ ended, queued, dropped }).toEqual({ ended: 100, queued: 10, dropped: { queue_full: 90 } });
  await collector.start();
  await delivery?.shutdown(5_000);
  expect(collector.names()).toEqual(numbered('span', 10));
  expect(stats()).toMatchObject({ exported: 10, queued: 0, dropped: { queue_full: 90 } });
});

test('what has not been sent at a shutdown without a spool is counted, as are spans that end after it', async () => {
  await collector.stop();
  const { stats, shutdown } = create();
  endSpans(delivery as Delivery, ['one', 'two']);
  await shutdown(1_000);
  endSpans(delivery as Delivery, ['three']);
  expect(stats()).toMatchObject({ ended: 3, queued: 0, dropped: { shutdown: 2, after_shutdown: 1 } });
  expect(balance(stats())).toEqual([3, 3]);
  await collector.start();
});

test('requests to the collector are not traced themselves', async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const suppressed: boolean[] = [];
  const note = () => void suppressed.push(isTracingSuppressed(context.active()));
  subscribe('http.client.request.created', note);
  const { forceFlush } = create();
  endSpans(delivery as Delivery, ['one']);
  await forceFlush();
  unsubscribe('http.client.request.created', note);
  context.disable();
  expect(suppressed).toEqual([true]);
});
