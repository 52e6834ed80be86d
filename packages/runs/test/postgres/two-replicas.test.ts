import { randomUUID } from 'node:crypto';
import { LeaseLost } from '@agento/runs';
import { createPostgresStore, type PostgresStore } from '@agento/runs/postgres';
import { Client, escapeIdentifier } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type PostgresServer, startPostgres } from './server.ts';
import { until } from './until.ts';

let server: PostgresServer;
let one: PostgresStore;
let two: PostgresStore;
let schema: string;

beforeAll(async () => {
  server = await startPostgres();
});

afterAll(() => server.end());

beforeEach(async () => {
  schema = randomUUID();
  const open = () => createPostgresStore({ url: server.url, schema, onError: () => {} });
  [one, two] = await Promise.all([open(), open()]);
});

afterEach(async () => {
  await Promise.all([one.close(), two.close()]);
});

const part = (module = 1) => ({ runId: randomUUID(), attempt: 1, module });

const begin = async (id = part()) => {
  await one.begin({ ...id, input: { run_id: id.runId }, origin: {} });
  return id;
};

test('a part is offered to the other replica by a word, and so is one that is released', async () => {
  const offers: string[] = [];
  two.onClaimable(7, () => offers.push('offered'));
  const id = await begin(part(7));
  await one.offer(7);
  await until(() => offers.length > 0);

  const lease = await two.claim(id);
  await lease?.end({ settled: false });
  expect(await one.claimable(7, 10)).toEqual([id]);
  await (await one.claim(id))?.end({ settled: true });
  expect(await one.claimable(7, 10)).toEqual([]);
  expect(await two.claim(id)).toBeNull();
});

test('who watches from another replica sees every record, in order', async () => {
  const id = await begin();
  const lease = await one.claim(id);
  const seen: unknown[] = [];
  let reading = Promise.resolve();
  const read = async () => {
    const records = await two.records(id, 'events', seen.length);
    seen.push(...records.map(({ data }) => data));
  };
  two.watch(id, () => {
    reading = reading.then(read);
  });

  const data = Array.from({ length: 200 }, (_, index) => index);
  await Promise.all(data.map((one) => lease?.append('events', [one])));
  await until(() => seen.length === 200);
  await reading;

  expect(seen).toEqual(data);
});

test('appends of the same moment are one statement, with however many streams', async () => {
  const id = await begin();
  const lease = await one.claim(id);
  await lease?.append('calls', ['first']);
  const before = one.statements;

  await Promise.all(
    Array.from({ length: 100 }, (_, index) => lease?.append(index % 2 ? 'calls' : 'events', [index])),
  );

  // One that writes, and one that tells.
  expect(one.statements - before).toBeLessThanOrEqual(2);
  expect(await one.records(id, 'calls')).toHaveLength(51);
});

test('texts that databases dislike come back as they were', async () => {
  const nasty = { nul: 'a\u0000b', half: '\ud800', deep: [[1.5e300, null, 'ß🐘']], quote: `'"\\` };
  const id = part();
  await one.begin({ ...id, input: nasty, origin: nasty });
  const lease = await one.claim(id);
  await lease?.change({ notes: nasty });
  await lease?.append('calls', [nasty, null, 'text', 0]);
  await lease?.writeFile('plan.json', 'a\u0000b ß🐘');

  expect(await two.part(id)).toMatchObject({ input: nasty, origin: nasty, notes: nasty });
  expect((await two.records(id, 'calls')).map(({ data }) => data)).toEqual([nasty, null, 'text', 0]);
  expect(Buffer.from((await two.readFile(id, 'plan.json')) ?? []).toString()).toBe('a\u0000b ß🐘');
});

test('a part that is deleted is gone with its records, files and keys', async () => {
  const id = await begin();
  const lease = await one.claim(id);
  await lease?.append('calls', ['call']);
  await lease?.writeFile('plan.json', '{}');
  const claim = { key: 'key', bodyHash: 'body', part: id, until: Date.now() + 60_000 };
  await one.claimKey(claim);

  await lease?.end({ settled: true });
  await two.remove(id.runId, 1);

  expect(await two.partsOf(id.runId)).toEqual([]);
  expect(await two.records(id, 'calls')).toEqual([]);
  expect(await two.readFile(id, 'plan.json')).toBeNull();
  expect((await two.claimKey({ ...claim, bodyHash: 'another' })).bodyHash).toBe('another');
});

test('a lease is confirmed at once, and after a pause only if nobody took over', async () => {
  const id = await begin();
  const lease = await one.claim(id);
  const before = one.statements;
  await lease?.confirm();
  expect(one.statements).toBe(before);

  const pause = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 3_600_000);
  await lease?.confirm();
  const other = new Client({ connectionString: server.url });
  await other.connect();
  await other.query(`UPDATE ${escapeIdentifier(schema)}.parts SET lease = $1`, [randomUUID()]);
  await other.end();

  await expect(lease?.confirm()).rejects.toThrow(LeaseLost);
  expect(lease?.signal.aborted).toBe(true);
  pause.mockRestore();
});

test('a write that comes while somebody takes over waits for that, and then writes nothing', async () => {
  const id = await begin();
  const lease = await one.claim(id);
  const other = new Client({ connectionString: server.url });
  const onlooker = new Client({ connectionString: server.url });
  await Promise.all([other.connect(), onlooker.connect()]);
  const parts = `${escapeIdentifier(schema)}.parts`;
  await other.query('BEGIN');
  await other.query(`UPDATE ${parts} SET owner = $1, lease = $1`, [randomUUID()]);

  const written = Promise.allSettled([lease?.append('calls', ['late'])]);
  const waits = async () => {
    // Not in the transaction, which sees the activity as it was when it first looked.
    const { rows } = await onlooker.query(
      `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%written AS%'`,
    );
    return rows.length > 0;
  };
  await Promise.race([written, until(waits)]);
  await other.query('COMMIT');
  await Promise.all([other.end(), onlooker.end()]);

  expect(await written).toEqual([{ status: 'rejected', reason: expect.any(LeaseLost) }]);
  expect(await one.records(id, 'calls')).toEqual([]);
});
