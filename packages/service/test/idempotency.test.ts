import { afterEach, describe, expect, test, vi } from 'vitest';
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
    await vi.waitFor(() => expect(times()).toBe(1));

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
    await vi.waitFor(() => expect(times()).toBe(1));

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

  test.each(['""', 'x'.repeat(256), 'käse'])('that is none (%j) is 400.', async (key) => {
    const answer = await post(await tiny(counting().work), 'g', { 'idempotency-key': key });

    expect(answer.json().detail).toBe('Idempotency-Key must be 1 to 255 printable ASCII characters');
  });
});
