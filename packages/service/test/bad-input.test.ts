import { limits } from '@agento/contracts';
import { afterEach, describe, expect, test } from 'vitest';
import { closeAll, type Tiny, tiny } from './harness.ts';

afterEach(closeAll);

const runId = '0b0e3c1a-7f43-4b3d-9c55-0c7f1f6f2a11';
const json = { 'content-type': 'application/json' };
const note = async () => 'Rent a room.';
const problemType = 'application/problem+json; charset=utf-8';

function post({ app }: Tiny, payload: string | object, headers: Record<string, string> = {}) {
  return app.inject({ method: 'POST', url: '/run', headers: { ...json, ...headers }, payload });
}

describe('Bad input', () => {
  test.each<[string, string, object[]]>([
    ['no goal', '{}', [{ pointer: '/goal', detail: 'goal is required' }]],
    ['a blank goal', '{"goal":" "}', [{ pointer: '/goal', detail: 'must not be empty or blank' }]],
    ['a number as the goal', '{"goal":123}', [{ pointer: '/goal', detail: 'must be string' }]],
    ['a misspelt option', '{"goal":"g","stop":1}', [{ pointer: '/stop', detail: 'unknown field stop' }]],
    ['a path as run id', '{"goal":"g","run_id":"../x"}', [{ pointer: '/run_id', detail: 'must be a UUID' }]],
    ['a list', '[]', [{ pointer: '', detail: 'must be object' }]],
    [
      'what the module itself refuses',
      '{"goal":"impossible"}',
      [{ pointer: '/goal', detail: 'cannot be done' }],
    ],
  ])('%s is answered with 400 and the field.', async (_what, payload, errors) => {
    const response = await post(await tiny(note), payload);

    expect([response.statusCode, response.headers['content-type']]).toEqual([400, problemType]);
    expect(response.json()).toEqual({
      type: 'urn:agento:problem:bad-input',
      title: 'Invalid input',
      status: 400,
      detail: expect.any(String),
      instance: '/run',
      module: 1,
      trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      errors,
    });
  });

  test('A goal of 16 KiB is taken, one byte more is not; bytes count, not characters.', async () => {
    const made = await tiny(note);

    expect((await post(made, { goal: 'é'.repeat(limits.goal / 2) })).statusCode).toBe(200);
    const response = await post(made, { goal: `é${'x'.repeat(limits.goal - 1)}` });
    expect([response.statusCode, response.json().errors]).toEqual([
      400,
      [{ pointer: '/goal', detail: 'must be at most 16384 bytes of UTF-8, is 16385' }],
    ]);
  });

  test('A context over 256 KiB is not taken.', async () => {
    const response = await post(await tiny(note), { goal: 'g', context: 'x'.repeat(limits.context + 1) });

    expect(response.json().errors).toEqual([
      { pointer: '/context', detail: 'must be at most 262144 bytes of UTF-8, is 262145' },
    ]);
  });

  test.each(['{"goal":', '', '{"goal":"a\nb"}'])(
    'The broken JSON %j is answered with 400.',
    async (payload) => {
      const response = await post(await tiny(note), payload);

      expect([response.statusCode, response.headers['content-type']]).toEqual([400, problemType]);
      expect(response.json()).toMatchObject({ type: 'urn:agento:problem:bad-input', status: 400, module: 1 });
    },
  );

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml'])(
    'The content type %s is answered with 415.',
    async (type) => {
      const response = await post(await tiny(note), '{"goal":"g"}', { 'content-type': type });

      expect(response.json()).toEqual({
        type: 'urn:agento:problem:unsupported-media-type',
        title: 'The body must be JSON',
        status: 415,
        detail: 'Send the input with content-type: application/json',
        instance: '/run',
        module: 1,
        trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      });
    },
  );

  test('A body over the limit is answered with 413.', async () => {
    const response = await post(await tiny(note), { goal: 'x'.repeat(limits.body) });

    expect([response.statusCode, response.json()]).toMatchObject([
      413,
      { type: 'urn:agento:problem:too-large', detail: 'The body is larger than this module accepts' },
    ]);
  });

  test('A field named __proto__ is refused and reaches nothing.', async () => {
    const response = await post(await tiny(note), '{"goal":"g","__proto__":{"stop_after":1}}');

    expect(response.statusCode).toBe(400);
  });

  test('An address there is not is answered with 404, without its query.', async () => {
    const { app } = await tiny(note);

    const response = await app.inject('/plans?token=secret');
    expect([response.statusCode, response.headers['content-type']]).toEqual([404, problemType]);
    expect(response.json()).toMatchObject({
      type: 'urn:agento:problem:not-found',
      detail: 'No route GET /plans',
    });
    expect((await app.inject('/run')).statusCode).toBe(404);
  });
});

describe('A run that cannot be taken', () => {
  test('because the same run is under way is answered with 409.', async () => {
    const gate = Promise.withResolvers<string>();
    const made = await tiny(() => gate.promise);
    const first = post(made, { goal: 'g', run_id: runId });
    await expect.poll(() => made.executions.load().working).toBe(1);

    const second = await post(made, { goal: 'g', run_id: runId.toUpperCase() });
    gate.resolve('done');

    expect([second.statusCode, second.json().type]).toEqual([409, 'urn:agento:problem:conflict']);
    expect((await first).statusCode).toBe(200);
  });

  test('because there are as many as may be is answered with 503 and when to try again.', async () => {
    const gate = Promise.withResolvers<string>();
    const made = await tiny(() => gate.promise, { maxRuns: 1 });
    const first = post(made, { goal: 'g' });
    await expect.poll(() => made.executions.load().working).toBe(1);

    const refused = await post(made, { goal: 'g' });
    const ready = await made.app.inject('/readyz');
    gate.resolve('done');
    await first;

    expect([refused.statusCode, refused.headers['retry-after'], refused.json().detail]).toEqual([
      503,
      '1',
      'The service accepts no runs at the moment: it has 1 active runs. Try again shortly.',
    ]);
    expect([ready.statusCode, ready.json().runs]).toEqual([
      503,
      { working: 1, handed_on: 0, queued: 0, most: 1 },
    ]);
  });

  test('because the service is stopping is answered with 503.', async () => {
    const made = await tiny(note);
    made.service.stopping = true;

    const response = await post(made, { goal: 'g' });

    expect([response.statusCode, response.json().detail]).toEqual([
      503,
      'The service accepts no runs at the moment: it is stopping. Try again shortly.',
    ]);
  });
});
