import { expect, test } from 'vitest';
import { createDelivery, type DeliveryOptions } from '../src/index.ts';

const url = 'http://127.0.0.1:9/v1/traces';

function refusal(options: object): unknown {
  try {
    void createDelivery({ url, ...options } as DeliveryOptions).shutdown(0);
    return null;
  } catch (error) {
    return error;
  }
}

test.each([
  [{ url: 'ftp://me:my-word@127.0.0.1/' }, 'url must be an address that begins with http:// or https://'],
  [{ url: 'my-word' }, 'url must be an address that begins with http:// or https://'],
  [{ url: undefined }, 'url must be an address that begins with http:// or https://'],
  [{ compression: 'zstd' }, 'compression must be gzip or none; it is zstd'],
  [{ maxQueueBytes: -1 }, 'maxQueueBytes must be a whole number from 1 to 9007199254740991; it is -1'],
  [{ maxSpoolBytes: 0.5 }, 'maxSpoolBytes must be a whole number from 0 to 9007199254740991; it is 0.5'],
  [{ maxRequestBytes: 10 }, 'maxRequestBytes must be a whole number from 1024 to 8388608; it is 10'],
  [{ scheduledDelayMs: Number.NaN }, 'scheduledDelayMs must be a whole number from 0 to 600000; it is NaN'],
  [{ maxBatchSpans: 0 }, 'maxBatchSpans must be a whole number from 1 to 100000; it is 0'],
  [{ maxBatchSpans: '512' }, 'maxBatchSpans must be a whole number from 1 to 100000; it is 512'],
  [{ exportTimeoutMs: 0 }, 'exportTimeoutMs must be a whole number from 1 to 600000; it is 0'],
])('%j is refused, and no address is repeated.', (options, text) => {
  expect(refusal(options)).toEqual(new RangeError(`createDelivery: ${text}`));
});

test('Everything that is wrong is named at once.', () => {
  expect(refusal({ url: 'ftp://c', maxBatchSpans: 0, exportTimeoutMs: -1 })).toMatchObject({
    message: expect.stringMatching(/url .*; maxBatchSpans .*; exportTimeoutMs /),
  });
});

test('The ends of the ranges are taken, and nothing but the URL has to be given.', () => {
  const least = { maxQueueBytes: 1, maxSpoolBytes: 0, maxRequestBytes: 1_024, scheduledDelayMs: 0 };
  expect(refusal({ ...least, maxBatchSpans: 1, exportTimeoutMs: 1 })).toBeNull();
  expect(refusal({ maxRequestBytes: 8 * 1024 * 1024, scheduledDelayMs: 600_000 })).toBeNull();
  expect(refusal({})).toBeNull();
});
