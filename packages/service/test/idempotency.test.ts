import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { idempotencyKey } from '../src/runs/idempotency.ts';
import { closeAll, runId, type Tiny, type TinyWork, tiny } from './harness.ts';

afterEach(closeAll);

/** A work that counts how often it is done. */
function counting(work: (time: number) => Promise<string> = async (time) => `note ${time}`) {
  let times = 0;
  const counted: TinyWork = () => {
    times += 1;
    return work(times);
  };
  return { work: counted, times: () => times };
}

function post({ app }: Tiny, goal: string, headers: Record<string, string> = {}, more: object = {}) {
  return app.inject({
    method: 'POST',
    url: '/run',
    headers: { 'content-type': 'application/json', 'idempotency-key': '"a key"', ...headers },
    payload: { goal, ...more },
  });
}

describe('An Idempotency-Key', () => {
  test('with the same body stands for the same run: its answer is given again, byte by byte.', async () => {
    const { work, times } = counting();
    const made = await tiny(work);

    const [first, again] = [await post(made, 'g'), await post(made, 'g', { 'idempotency-key': 'a key' })];

    expect([again.statusCode, again.payload, times()]).toEqual([200, first.payload, 1]);
    expect(again.headers.location).toBe(`/runs/${first.json().run_id}`);
  });

  test('stands for a run that failed as well.', async () => {
    const { work, times } = counting(() => Promise.reject(new Error('broken')));
    const made = await tiny(work);

    const [first, again] = [await post(made, 'g'), await post(made, 'g')];

    expect([first.statusCode, again.statusCode, times()]).toEqual([500, 500, 1]);
    expect(again.json()).toEqual(first.json());
  });

  test('of a run that goes on is a 409 that says where it is; asked for later, a 202.', async () => {
    const gate = Promise.withResolvers<string>();
    const { work, times } = counting(() => gate.promise);
    const made = await tiny(work);
    const first = post(made, 'g');
    await expect.poll(() => times()).toBe(1);

    const again = await post(made, 'g');
    const later = await post(made, 'g', { prefer: 'respond-async' });
    gate.resolve('done');
    const { run_id } = (await first).json();

    expect([again.statusCode, again.headers.location]).toEqual([409, `/runs/${run_id}`]);
    expect([later.statusCode, later.json().run_id]).toEqual([202, run_id]);
    expect(times()).toBe(1);
  });

  test('with another body is 422.', async () => {
    const made = await tiny(counting().work);
    const first = await post(made, 'g');

    const answer = await post(made, 'another');

    expect([answer.statusCode, answer.json()]).toMatchObject([
      422,
      { type: 'urn:agento:problem:key-reused', run_id: first.json().run_id },
    ]);
  });

  test('of another caller is another key.', async () => {
    const keys = ['key-of-the-first-caller', 'key-of-the-second-caller'];
    const made = await tiny(counting().work, { apiKeys: keys });

    const answers = await Promise.all(keys.map((key) => post(made, 'g', { authorization: `Bearer ${key}` })));

    expect(new Set(answers.map((answer) => answer.json().run_id)).size).toBe(2);
  });

  test('that comes a hundred times at once, to two processes, is executed once.', async () => {
    const { work, times } = counting();
    const one = await tiny(work);
    const two = await tiny(work, { dataDir: one.dataDir });
    const all = Array.from({ length: 100 }, (_, index) => post(index % 2 ? two : one, 'g'));

    const statuses = (await Promise.all(all)).map(({ statusCode }) => statusCode);

    expect([times(), statuses.filter((status) => status !== 200 && status !== 409)]).toEqual([1, []]);
    expect((await post(two, 'g')).json().note).toBe('note 1');
  });

  test('does not continue a run from a file that is active in the module.', async () => {
    const gate = Promise.withResolvers<string>();
    const { work, times } = counting(() => gate.promise);
    const made = await tiny(work, { module: 2 });
    const first = post(made, 'g', { 'idempotency-key': 'one' }, { run_id: runId });
    await expect.poll(() => times()).toBe(1);

    const other = await post(made, 'g', { 'idempotency-key': 'two' }, { run_id: runId });
    gate.resolve('done');

    expect([other.statusCode, other.json().detail]).toEqual([
      409,
      `The run ${runId} is already active in this module`,
    ]);
    expect([(await first).statusCode, times()]).toEqual([200, 1]);
  });

  test('begins no goal under the id of a run that began in a later module, whose output it would get.', async () => {
    const later = await tiny(counting().work, { module: 2 });
    await later.app.inject({ method: 'POST', url: '/run', payload: { goal: 'g', run_id: runId } });
    const { work, times } = counting();
    const made = await tiny(work, { dataDir: later.dataDir });

    const answer = await post(made, 'another', {}, { run_id: runId });

    expect([answer.statusCode, answer.json().detail, times()]).toEqual([
      409,
      `The run ${runId} already exists: use another run_id, or none`,
      0,
    ]);
  });

  test('of an output that is fed in stands for the same attempt, and for its first answer.', async () => {
    const { work, times } = counting();
    const made = await tiny(work, { module: 3 });
    const fedIn = { run_id: runId, run_attempt: 2 };
    const without = made.app.inject({ method: 'POST', url: '/run', payload: { goal: 'g', ...fedIn } });
    expect((await without).json().run_attempt).toBe(2);

    const [first, again] = [await post(made, 'g', {}, fedIn), await post(made, 'g', {}, fedIn)];

    expect([first.json().run_attempt, again.statusCode, again.payload]).toEqual([3, 200, first.payload]);
    expect([again.headers.location, times()]).toEqual([`/runs/${runId}`, 2]);
  });

  test('of an output without an id stands for the id that it got.', async () => {
    const { work, times } = counting();
    const made = await tiny(work, { module: 5 });

    const [first, again] = [await post(made, 'g'), await post(made, 'g')];

    expect([again.statusCode, again.payload, times()]).toEqual([200, first.payload, 1]);
  });

  test.each([2, 3, 4, 5])(
    'in module %i of another output is 422, and of a run that goes on 409.',
    async (module) => {
      const gate = Promise.withResolvers<string>();
      const { work, times } = counting(() => gate.promise);
      const made = await tiny(work, { module });
      const first = post(made, 'g', {}, { run_id: runId });
      await expect.poll(() => times()).toBe(1);

      const again = await post(made, 'g', {}, { run_id: runId });
      const another = await post(made, 'another', {}, { run_id: runId });
      gate.resolve('done');

      expect([again.statusCode, again.headers.location]).toEqual([409, `/runs/${runId}`]);
      expect([again.json().run_id, another.statusCode, another.json().run_id]).toEqual([runId, 422, runId]);
      expect([(await first).statusCode, times()]).toEqual([200, 1]);
    },
  );

  test('that was refused while another run was active begins a new attempt when it comes again.', async () => {
    const gate = Promise.withResolvers<string>();
    const { work } = counting((time) => (time === 1 ? gate.promise : Promise.resolve(`note ${time}`)));
    const made = await tiny(work, { module: 2 });
    const plain = () =>
      made.app.inject({ method: 'POST', url: '/run', payload: { goal: 'g', run_id: runId } });
    const first = plain();
    await expect.poll(() => made.executions.load().working).toBe(1);
    expect((await post(made, 'g', {}, { run_id: runId })).statusCode).toBe(409);
    gate.resolve('done');
    await first;
    // Somebody else takes the attempt that it would have been.
    expect((await plain()).json().run_attempt).toBe(2);

    const answer = await post(made, 'g', {}, { run_id: runId });
    const again = await post(made, 'g', {}, { run_id: runId });

    expect([answer.statusCode, answer.json().run_attempt]).toEqual([200, 3]);
    expect(again.payload).toBe(answer.payload);
  });

  test('of an output takes no number that a later module has taken meanwhile.', async () => {
    const { work } = counting();
    const second = await tiny(work, { module: 2 });
    const third = await tiny(work, { module: 3, dataDir: second.dataDir });
    for (const made of [second, third])
      await post(made, 'g', { 'idempotency-key': 'one' }, { run_id: runId });

    const answers = await Promise.all(
      [second, third].map((made) => post(made, 'g', { 'idempotency-key': 'two' }, { run_id: runId })),
    );

    expect(answers.map((answer) => answer.json().run_attempt).sort()).toEqual([2, 3]);
  });

  test.each(['', '""', 'x'.repeat(256), `"${'x'.repeat(256)}"`, 'käse', '"käse"', 'a\tb'])(
    'that is none (%j) is 400.',
    async (key) => {
      const answer = await post(await tiny(counting().work), 'g', { 'idempotency-key': key });

      expect([answer.statusCode, answer.json().detail]).toEqual([
        400,
        'Idempotency-Key must be 1 to 255 printable ASCII characters',
      ]);
    },
  );

  test.each([
    ['a', 'b'],
    ['a', 'a'],
    ['"a"', '"b"'],
    ['"a"', 'b'],
    ['', 'a'],
  ])('that comes twice (%j, %j) is 400: a request has one.', async (...keys) => {
    const address = await (await tiny(counting().work)).listen();
    const asked = request(address, { method: 'POST', headers: { 'content-type': 'application/json' } });
    asked.setHeader('idempotency-key', keys);
    asked.end('{"goal":"g"}');
    const [response] = (await once(asked, 'response')) as [IncomingMessage];

    expect([response.statusCode, JSON.parse(await text(response)).detail]).toEqual([
      400,
      'A request has one Idempotency-Key, and this one has more: send it once, in quotes if there is a comma or a quote in it',
    ]);
  });

  test.each([
    ['"a, b"', 'a, b'],
    ['"a \\"b\\" \\\\"', 'a "b" \\'],
  ])('in quotes (%s) may hold anything.', async (given, key) => {
    expect(idempotencyKey({ headers: { 'idempotency-key': given } })).toBe(key);
  });
});
