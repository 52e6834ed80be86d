import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPostgresStore, type PostgresStore } from '@agento/runs/postgres';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type PostgresServer, startPostgres } from './server.ts';
import { until } from './until.ts';

let server: PostgresServer;
let store: PostgresStore;
let errors: string[];

beforeAll(async () => {
  server = await startPostgres();
});

afterAll(() => server.end());

beforeEach(() => {
  errors = [];
});

afterEach(() => store.close());

const open = async (patienceMs = 120_000) => {
  const onError = (error: unknown) => errors.push((error as Error).message);
  store = await createPostgresStore({ url: server.url, schema: randomUUID(), onError, patienceMs });
};

const part = () => ({ runId: randomUUID(), attempt: 1, module: 1 });

test('work goes on when Postgres comes back: nothing is lost, written twice or out of order', async () => {
  await open();
  const id = part();
  await store.begin({ ...id, input: {}, origin: {} });
  const lease = await store.claim(id);
  await lease?.append('calls', [1]);

  await server.stop();
  const writes = [
    lease?.append('calls', [2]),
    lease?.append('calls', [3]),
    lease?.change({ state: 'running' }),
  ];
  expect(await store.problem()).toMatch(/127\.0\.0\.1:\d+\/postgres was stopped: start Postgres again$/);
  await server.start();
  await Promise.all(writes);

  expect((await store.records(id, 'calls')).map(({ data }) => data)).toEqual([1, 2, 3]);
  expect((await store.part(id))?.state).toBe('running');
  await until(async () => (await store.problem()) === null);
  expect(lease?.signal.aborted).toBe(false);
  expect(errors).toHaveLength(1);
});

test('connections cut in the middle of statements cost no record and double none', async () => {
  await open();
  const id = part();
  await store.begin({ ...id, input: {}, origin: {} });
  const lease = await store.claim(id);
  const administrator = new Client({ connectionString: server.url });
  await administrator.connect();
  const cut = async () => {
    let connections = 0;
    // So many and no more: on a slow machine no statement would ever be faster than the next cut.
    for (let cuts = 0; cuts < 200; cuts += 1) {
      const { rowCount } = await administrator.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'agento'`,
      );
      connections += rowCount ?? 0;
      await sleep(5);
    }
    await administrator.end();
    return connections;
  };

  const data = Array.from({ length: 300 }, (_, index) => index);
  const writes = data.map(async (index) => {
    await sleep(index * 5);
    await lease?.append('calls', [index]);
  });
  const [connections] = await Promise.all([cut(), ...writes]);

  expect(connections).toBeGreaterThan(0);
  const records = await store.records(id, 'calls');
  expect(records.map(({ seq }) => seq)).toEqual(data.map((index) => index + 1));
  expect(records.map(({ data }) => data as number).toSorted((a, b) => a - b)).toEqual(data);
});

test('those who wait are called after an outage, and hear what comes then', async () => {
  await open();
  const id = part();
  const heard: string[] = [];
  store.watch(id, () => heard.push('watch'));
  store.onClaimable(1, () => heard.push('claim'));

  await server.stop();
  await server.start();
  await until(() => heard.includes('watch') && heard.includes('claim'));
  heard.length = 0;
  await store.begin({ ...id, input: {}, origin: {} });
  await store.offer(1);

  await until(() => heard.includes('watch') && heard.includes('claim'));
});

test('a write fails with a clear error when Postgres is gone for longer than the patience', async () => {
  await open(1_000);
  const id = part();
  await store.begin({ ...id, input: {}, origin: {} });
  const lease = await store.claim(id);

  await server.stop();
  const failed = lease?.append('calls', [1]);

  await expect(failed).rejects.toThrow(
    /^Postgres has been gone for \d s: nothing answers at 127\.0\.0\.1:\d+/,
  );
  await server.start();
  await lease?.append('calls', [2]);
  expect(await store.records(id, 'calls')).toEqual([{ seq: 1, data: 2 }]);
});

test('a store that is closed while Postgres is gone ends all the same', async () => {
  await open();
  await server.stop();

  await store.close();
  await server.start();
});
