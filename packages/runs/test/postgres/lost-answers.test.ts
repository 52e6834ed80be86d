import { randomUUID } from 'node:crypto';
import { createPostgresStore, type PostgresStore } from '@agento/runs/postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ForgetfulProxy, startForgetfulProxy } from './forgetful-proxy.ts';
import { type PostgresServer, startPostgres } from './server.ts';
import { until } from './until.ts';

let server: PostgresServer;
let proxy: ForgetfulProxy;
let store: PostgresStore;

beforeAll(async () => {
  server = await startPostgres();
  proxy = await startForgetfulProxy(server.url);
  store = await createPostgresStore({ url: proxy.url, schema: randomUUID(), onError: () => {} });
});

afterAll(async () => {
  await store.close();
  proxy.end();
  await server.end();
});

const part = () => ({ runId: randomUUID(), attempt: 1, module: 1, input: {}, origin: {} });

async function claimed() {
  const { part: begun } = await store.begin(part());
  const lease = await store.claim(begun);
  if (!lease) throw new Error('Nobody has the part, and yet it could not be claimed');
  return { id: { runId: begun.runId, attempt: 1, module: 1 }, lease };
}

test('who begins a part knows that it was begun although the answer was lost', async () => {
  const lost = proxy.lost();
  proxy.loseAnswerTo('begun AS');

  expect(await store.begin(part())).toMatchObject({ begun: true, part: { state: 'queued' } });
  expect(proxy.lost()).toBe(lost + 1);
});

test('who claims a part has it although the answer was lost, and counts one execution', async () => {
  const { part: begun } = await store.begin(part());
  const lost = proxy.lost();
  proxy.loseAnswerTo('executions = executions');

  const lease = await store.claim(begun);

  expect(lease?.part.executions).toBe(1);
  await lease?.append('calls', ['one']);
  expect(proxy.lost()).toBe(lost + 1);
});

test('a record whose answer was lost is there once', async () => {
  const { id, lease } = await claimed();
  const lost = proxy.lost();
  proxy.loseAnswerTo('written AS');

  await lease.append('calls', ['one', 'two']);
  await lease.append('calls', ['three']);

  expect(await store.records(id, 'calls')).toEqual([
    { seq: 1, data: 'one' },
    { seq: 2, data: 'two' },
    { seq: 3, data: 'three' },
  ]);
  expect(proxy.lost()).toBe(lost + 1);
});

test('an end whose answer was lost is an end, and no loss of the lease', async () => {
  const { id, lease } = await claimed();
  const lost = proxy.lost();
  proxy.loseAnswerTo('ended AS');

  await lease.end({ settled: true });

  expect(await store.part(id)).toMatchObject({ settled: true });
  expect(lease.signal.aborted).toBe(false);
  expect(proxy.lost()).toBe(lost + 1);
});

test('a lease that nobody here knows of is given back', async () => {
  const hasty = await createPostgresStore({
    url: proxy.url,
    schema: randomUUID(),
    onError: () => {},
    patienceMs: 0,
  });
  const { part: begun } = await hasty.begin(part());
  proxy.loseAnswerTo('executions = executions');
  await expect(hasty.claim(begun)).rejects.toThrow('Postgres has been gone');

  await until(async () => (await hasty.claimable(1, 10)).length === 1);
  expect((await hasty.claim(begun))?.part.executions).toBe(2);
  await hasty.close();
});
