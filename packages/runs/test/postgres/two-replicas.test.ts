import { randomUUID } from 'node:crypto';
import { CancelRequested } from '@agento/runs';
import { createPostgresStore, type PostgresStore } from '@agento/runs/postgres';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type PostgresServer, startPostgres } from './server.ts';
import { until } from './until.ts';

let server: PostgresServer;
let one: PostgresStore;
let two: PostgresStore;

beforeAll(async () => {
  server = await startPostgres();
});

afterAll(() => server.end());

beforeEach(async () => {
  const schema = randomUUID();
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

test('a part is begun once, and claimed once, by however many try', async () => {
  const id = part();
  const start = { ...id, input: {}, origin: {} };
  const begun = await Promise.all([one, two, one, two].map((store) => store.begin(start)));
  const leases = await Promise.all([one, two, one, two].map((store) => store.claim(id)));

  expect(begun.filter((answer) => answer.begun)).toHaveLength(1);
  expect(leases.filter((lease) => lease)).toHaveLength(1);
});

test('a part that begins is offered to the other replica by a word, and so is one that is released', async () => {
  const offers: string[] = [];
  two.onClaimable(7, () => offers.push('offered'));
  const id = await begin(part(7));
  await until(() => offers.length > 0);

  const lease = await two.claim(id);
  await lease?.end({ settled: false });
  expect(await one.claimable(7, 10)).toEqual([id]);
  await (await one.claim(id))?.end({ settled: true });
  expect(await one.claimable(7, 10)).toEqual([]);
  expect(await two.claim(id)).toBeNull();
});

test('a cancellation reaches the replica that executes the part, which may still write', async () => {
  const id = await begin();
  const lease = await one.claim(id);

  expect(await two.requestCancel(id)).toBe(true);
  await until(() => lease?.signal.aborted === true);

  expect(lease?.signal.reason).toBeInstanceOf(CancelRequested);
  await lease?.change({ state: 'cancelled' });
  await lease?.end({ settled: true });
  expect(await two.requestCancel(id)).toBe(false);
});

test('a part that was cancelled before anybody executed it is claimed as cancelled', async () => {
  const id = await begin();
  await two.requestCancel(id);

  expect((await one.claim(id))?.signal.reason).toBeInstanceOf(CancelRequested);
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

test('of a hundred that claim a key at once, one gets it; when it is over, another does', async () => {
  const until = Date.now() + 60_000;
  const claim = () => ({ key: 'key', bodyHash: 'body', part: part(), until });
  const claims = Array.from({ length: 100 }, claim);
  const held = await Promise.all(claims.map((one_, index) => (index % 2 ? one : two).claimKey(one_)));

  expect(new Set(held.map((claim) => claim.part.runId)).size).toBe(1);
  const over = { key: 'over', bodyHash: 'body', part: part(), until: Date.now() - 60_000 };
  expect(await one.claimKey(over)).toEqual(over);
  expect(await two.claimKey({ ...over, bodyHash: 'another' })).toMatchObject({ bodyHash: 'another' });
});

test('pages of a list neither repeat nor miss a part while others begin', async () => {
  const ids = [];
  for (let index = 0; index < 7; index += 1) ids.push(await begin());
  await begin(part(2));
  const pages: string[][] = [];
  let after: string | undefined;
  do {
    const page = await two.list({ module: 1, limit: 3, ...(after && { after }) });
    pages.push(page.parts.map(({ runId }) => runId));
    after = page.next ?? undefined;
    if (pages.length === 1) await begin();
  } while (after);

  expect(pages.map((page) => page.length)).toEqual([3, 3, 1]);
  expect(new Set(pages.flat())).toEqual(new Set(ids.map(({ runId }) => runId)));
  await expect(two.list({ module: 1, limit: 3, after: 'nonsense' })).rejects.toThrow(
    '"next" of the page before',
  );
});

test('what is deleted is gone with records, files and keys; what goes on is left alone', async () => {
  const id = await begin();
  const lease = await one.claim(id);
  await lease?.append('calls', ['call']);
  await lease?.writeFile('plan.json', '{}');
  const claim = { key: 'key', bodyHash: 'body', part: id, until: Date.now() + 60_000 };
  await one.claimKey(claim);

  await two.remove(id.runId, 1);
  expect(await two.part(id)).not.toBeNull();
  await lease?.change({ state: 'finished' });
  await lease?.end({ settled: true });
  await two.remove(id.runId, 2);
  expect(await two.partsOf(id.runId)).toEqual([id]);
  await two.remove(id.runId, 1);

  expect(await two.partsOf(id.runId)).toEqual([]);
  expect(await two.records(id, 'calls')).toEqual([]);
  expect(await two.readFile(id, 'plan.json')).toBeNull();
  expect((await two.claimKey({ ...claim, bodyHash: 'another' })).bodyHash).toBe('another');
});

test('a sweep deletes the oldest settled parts beyond the limit, and none that goes on', async () => {
  const text = Array.from({ length: 2_000 }, () => randomUUID()).join('');
  const ids = [];
  for (let index = 0; index < 3; index += 1) {
    const id = await begin();
    const lease = await one.claim(id);
    await lease?.writeFile('plan.json', text);
    await lease?.end({ settled: index !== 0 });
    ids.push(id);
  }

  expect(await one.sweep(1, { olderThanMs: 60_000, moreThanBytes: 10 * text.length })).toBe(0);
  expect(await one.sweep(1, { olderThanMs: null, moreThanBytes: 1.5 * text.length })).toBe(1);
  expect(await Promise.all(ids.map(async (id) => (await two.part(id)) !== null))).toEqual([
    true,
    false,
    true,
  ]);
  expect(await one.sweep(1, { olderThanMs: 0, moreThanBytes: null })).toBe(1);
  expect(await one.claimable(1, 10)).toEqual([ids[0]]);
});
