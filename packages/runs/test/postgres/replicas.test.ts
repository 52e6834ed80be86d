import { randomUUID } from 'node:crypto';
import { createPostgresStore, type PostgresStore } from '@agento/runs/postgres';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Executor, startExecutor } from './executor.ts';
import { type PostgresServer, startPostgres } from './server.ts';
import { until } from './until.ts';

let server: PostgresServer;
let store: PostgresStore;
let schema: string;
let executors: Executor[];

beforeAll(async () => {
  server = await startPostgres();
});

afterAll(() => server.end());

beforeEach(() => {
  schema = `test ${randomUUID()}`;
  executors = [];
});

afterEach(async () => {
  await Promise.all(executors.map((executor) => executor.end()));
  await store?.close();
});

const part = () => ({ runId: randomUUID(), attempt: 1, module: 1 });

async function executor(): Promise<Executor> {
  const one = await startExecutor(server.url, schema);
  executors.push(one);
  return one;
}

/** A part that begins here and is claimed by another process. */
async function claimedElsewhere() {
  await open();
  const id = part();
  await store.begin({ ...id, input: {}, origin: {} });
  const other = await executor();
  await other.tell(`claim ${id.runId}`);
  return { id, other };
}

async function open(): Promise<void> {
  store = await createPostgresStore({ url: server.url, schema, onError: () => {} });
}

test('three processes that start at once on an empty database all open it, and one gets the part', async () => {
  const three = await Promise.all([executor(), executor(), executor()]);
  await open();
  const id = part();
  await store.begin({ ...id, input: {}, origin: {} });

  const answers = await Promise.all(three.map((one) => one.tell(`claim ${id.runId}`)));

  expect(answers.toSorted()).toEqual(['claimed', 'refused', 'refused']);
});

test('a part whose process was killed is offered to the others, goes on after its records and counts the execution', async () => {
  const { id, other } = await claimedElsewhere();
  await other.tell('append one');
  const offered = Promise.withResolvers<void>();
  const end = store.onClaimable(1, () => offered.resolve());

  expect(await store.claim(id)).toBeNull();
  other.signal('SIGKILL');
  await offered.promise;
  end();

  expect(await store.claimable(1, 10)).toEqual([id]);
  const lease = await store.claim(id);
  await lease?.append('calls', ['two']);
  expect(lease?.part.executions).toBe(2);
  expect(await store.records(id, 'calls')).toEqual([
    { seq: 1, data: 'one' },
    { seq: 2, data: 'two' },
  ]);
});

test('a process that was frozen until another took over writes nothing when it wakes', async () => {
  const { id, other: frozen } = await claimedElsewhere();
  frozen.signal('SIGSTOP');
  await until(async () => (await store.claimable(1, 10)).length === 1);
  const lease = await store.claim(id);
  await lease?.append('calls', ['new']);

  // Already waiting for it when it wakes.
  const answer = frozen.tell('append old');
  frozen.signal('SIGCONT');

  expect(await answer).toBe('LeaseLost LeaseLost');
  expect(await store.records(id, 'calls')).toEqual([{ seq: 1, data: 'new' }]);
});

test('a process that was frozen goes on when nobody took over', async () => {
  const { id, other: frozen } = await claimedElsewhere();
  frozen.signal('SIGSTOP');
  await until(async () => (await store.claimable(1, 10)).length === 1);
  frozen.signal('SIGCONT');

  expect(await frozen.tell('append old')).toBe('written going on');
  expect(await store.records(id, 'calls')).toEqual([{ seq: 1, data: 'old' }]);
});

test('a process that closes its store hands its parts over at once', async () => {
  const { id, other } = await claimedElsewhere();

  await other.end();

  expect((await store.claim(id))?.part.executions).toBe(2);
});
