import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import protobuf from 'protobufjs';
import { afterEach, expect, test } from 'vitest';
import { createHttpTransport } from '../src/http-transport.ts';
import { createDelivery } from '../src/index.ts';
import { balance, endSpans, numbered, until } from './collector.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A server that answers each request as it is told, once it has read it. */
async function serve(answer: (response: http.ServerResponse) => void) {
  const requests: http.IncomingMessage[] = [];
  const server = http.createServer((request, response) => {
    requests.push(request);
    request.resume().on('end', () => answer(response));
    response.on('error', () => {});
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  ends.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`, requests };
}

function deliver(url: string, names: string[]) {
  const logged: { fields: Record<string, unknown>; text: string }[] = [];
  const note = (fields: object, text: string) => void logged.push({ fields: { ...fields }, text });
  const delivery = createDelivery({
    url,
    headers: { 'api-key': 'k-hunter2hunter2' },
    spoolDirectory: null,
    scheduledDelayMs: 20,
    redact: (text) => text.replaceAll('k-hunter2hunter2', '***REDACTED***'),
    log: { warn: note, info: note },
  });
  ends.push(() => delivery.shutdown(0));
  endSpans(delivery, names);
  return { delivery, logged };
}

/** A response that rejects so many spans, with these words. */
function partialSuccess(rejected: number, text: string): Uint8Array {
  const inside = protobuf.Writer.create().uint32(8).int64(rejected).uint32(18).string(text).finish();
  return protobuf.Writer.create().uint32(10).bytes(inside).finish();
}

test('An answer without an end is left once it is long enough, and counts by its status.', async () => {
  let closed = false;
  const { url } = await serve((response) => {
    response.on('close', () => {
      closed = true;
    });
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    };
    response.on('drain', more);
    more();
  });
  const { delivery } = deliver(url, ['taken']);
  await delivery.forceFlush();

  expect(delivery.stats()).toMatchObject({ exported: 1, failures: 0 });
  await until(() => closed);
});

test('What a collector says is logged in one short line, without the credentials it was sent.', async () => {
  const { url } = await serve((response) => {
    response.statusCode = 401;
    response.end(`bad key k-hunter2hunter2\n\u001b[31m${'<p>no</p>\0'.repeat(5_000)}`);
  });
  const { delivery, logged } = deliver(url, ['kept']);
  await until(() => logged.length > 0);

  const answer = String(logged[0]?.fields.answer);
  expect(answer).toMatch(/^bad key \*\*\*REDACTED\*\*\* \[31m/);
  expect(answer.length).toBeLessThanOrEqual(200);
  expect(delivery.stats()).toMatchObject({ queued: 1, dropped: {} });
});

test('A redirect is not followed: neither spans nor credentials go where somebody else says.', async () => {
  const elsewhere = await serve((response) => response.end());
  const { url } = await serve((response) => response.writeHead(307, { location: elsewhere.url }).end());
  const { delivery, logged } = deliver(url, ['kept']);
  await until(() => logged.length > 0);

  expect(logged[0]?.fields).toMatchObject({ status: 307 });
  expect(delivery.stats()).toMatchObject({ queued: 1, exported: 0 });
  expect(elsewhere.requests).toEqual([]);
});

test.each([
  [3, 3],
  [1e15, 10],
  [-5, 0],
])(
  'A partial success that rejects %d of ten spans costs %d, and its words are logged, cut.',
  async (says, costs) => {
    const { url } = await serve((response) => response.end(partialSuccess(says, 'too old '.repeat(1_000))));
    const { delivery, logged } = deliver(url, numbered('span', 10));
    await delivery.forceFlush();

    expect(delivery.stats()).toMatchObject({ exported: 10 - costs, failures: 0 });
    expect(balance(delivery.stats())).toEqual([10, 10]);
    const { fields } = logged.find(({ text }) => text.startsWith('The trace collector took')) ?? {};
    expect(fields).toMatchObject({ rejected: costs, answer: 'too old '.repeat(25).trim() });
  },
);

test.each([
  ['2', 2_000],
  ['0', 0],
  ['99999999999999999999', 300_000],
  ['Fri, 31 Dec 9999 23:59:59 GMT', 300_000],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ['soon', null],
])('Retry-After: %s is waited for %s ms.', async (given, expected) => {
  const { url } = await serve((response) => response.writeHead(503, { 'retry-after': given }).end());
  const transport = createHttpTransport({ url });
  ends.push(() => transport.close());

  expect(await transport.send(Buffer.from('spans'), 5_000)).toMatchObject({
    status: 503,
    retryAfterMs: expected,
  });
});
