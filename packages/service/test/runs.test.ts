import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { closeAll, eventsOf, runId, type Tiny, type TinyWork, tiny } from './harness.ts';

afterEach(closeAll);

const json = { 'content-type': 'application/json' };
const note: TinyWork = async () => 'Rent a room.';
const other = '0b0e3c1a-7f43-4b3d-9c55-0c7f1f6f2a12';

/** A work that ends when it is let, or cancelled. */
function held() {
  const gate = Promise.withResolvers<string>();
  const work: TinyWork = ({ signal }) => {
    signal.addEventListener('abort', () => gate.reject(signal.reason as Error));
    return gate.promise;
  };
  return { work, release: () => gate.resolve('done') };
}

function post({ app }: Tiny, payload: object, headers: Record<string, string> = {}) {
  return app.inject({ method: 'POST', url: '/run', headers: { ...json, ...headers }, payload });
}
const later = (made: Tiny, run_id: string) => post(made, { goal: 'g', run_id }, { prefer: 'respond-async' });
const get = ({ app }: Tiny, url: string, headers = {}) => app.inject({ url, headers });
const stateOf = async (made: Tiny, id = runId) => (await get(made, `/runs/${id}`)).json().state as string;
const becomes = (made: Tiny, state: string, id = runId) => expect.poll(() => stateOf(made, id)).toBe(state);

describe('A run that is asked for asynchronously', () => {
  test('is answered at once with where it is; it goes on, and its output is there.', async () => {
    const { work, release } = held();
    const made = await tiny(work);

    const accepted = await later(made, runId);

    expect([accepted.statusCode, accepted.headers]).toMatchObject([
      202,
      { location: `/runs/${runId}`, 'preference-applied': 'respond-async' },
    ]);
    expect(accepted.json()).toMatchObject({ run_id: runId, run_attempt: 1, module: 1, goal: 'g' });
    release();
    await becomes(made, 'finished');
    const { output, stage, steps } = (await get(made, `/runs/${runId}`)).json();
    expect([stage, steps]).toEqual(['ended', { started: 4, finished: 4 }]);
    expect((await get(made, output)).json()).toMatchObject({ run_id: runId, note: 'done' });
  });
});

describe('The list of runs', () => {
  test('is of those in a state, page by page.', async () => {
    const made = await tiny(async (_run, { goal }) => {
      if (goal === 'bad') throw new Error('broken');
      return 'n';
    });
    for (const goal of ['one', 'bad', 'two', 'three']) await post(made, { goal });
    const goals: string[][] = [];
    for (let url: string | null = '/runs?state=finished&limit=2'; url !== null; ) {
      const { runs, next }: { runs: { goal: string }[]; next: string | null } = (await get(made, url)).json();
      goals.push(runs.map(({ goal }) => goal));
      url = next === null ? null : `/runs?state=finished&limit=2&after=${encodeURIComponent(next)}`;
    }

    expect(goals).toEqual([['three', 'two'], ['one']]);
    const failed = (await get(made, '/runs?state=failed')).json();
    expect(failed).toMatchObject({ runs: [{ goal: 'bad', state: 'failed' }], next: null });
  });

  test('after what is no page is a 400.', async () => {
    const answer = await get(await tiny(note), '/runs?after=x');

    expect([answer.statusCode, answer.json().errors]).toEqual([
      400,
      [{ pointer: '/after', detail: 'must be the `next` of the page before: begin without one' }],
    ]);
  });
});

test('Runs of a version that kept no journal are shown, and cannot be resumed.', async () => {
  const made = await tiny(note);
  const begun = join(made.dataDir, 'runs', runId);
  const finished = join(made.dataDir, 'runs', other);
  for (const folder of [begun, finished]) await mkdir(folder, { recursive: true });
  await writeFile(join(begun, '.begun-1-module1'), '');
  await writeFile(join(finished, 'module1_output.json'), '{"goal":"g"}');

  const resumed = await made.app.inject({ method: 'POST', url: `/runs/${runId}/resume` });

  expect((await get(made, `/runs/${other}`)).json()).toMatchObject({ state: 'finished', goal: '' });
  expect((await get(made, '/runs')).json().runs).toHaveLength(2);
  expect([resumed.statusCode, resumed.json().detail, await stateOf(made)]).toEqual([
    409,
    'The run cannot be resumed: somebody just did, or it is of an earlier version, which kept no journal',
    'failed',
  ]);
});

describe('The events of a run', () => {
  test('come from the first, or after the one that was seen last; after the end there is nothing.', async () => {
    const made = await tiny(note);
    const { payload } = await post(made, { goal: 'g', run_id: runId }, { accept: 'text/event-stream' });
    const url = `/runs/${runId}/events`;
    const ids = [...payload.matchAll(/^id: (.*)$/gm)].map(([, id]) => id);

    const all = await get(made, url);
    const rest = await get(made, url, { 'last-event-id': ids.at(-3) });
    const none = await get(made, url, { 'last-event-id': ids.at(-1) });

    expect([ids[0], ids.at(-1)]).toEqual(['1.1', '1.end']);
    expect(eventsOf(all.payload)).toEqual(eventsOf(payload));
    expect(eventsOf(rest.payload)).toEqual(eventsOf(payload).slice(-2));
    expect([none.statusCode, none.payload]).toEqual([204, '']);
  });
});

describe('DELETE', () => {
  test('cancels a run that goes on, and deletes it with its files once it has ended.', async () => {
    const made = await tiny(held().work);
    await later(made, runId);
    await becomes(made, 'running');
    const remove = () => made.app.inject({ method: 'DELETE', url: `/runs/${runId}` });

    expect((await remove()).statusCode).toBe(202);
    await becomes(made, 'cancelled');
    expect((await get(made, `/runs/${runId}`)).json().problem.detail).toBe('The run was cancelled by DELETE');
    await made.executions.settle(5_000);

    expect((await remove()).statusCode).toBe(204);
    expect([(await get(made, `/runs/${runId}`)).statusCode, (await remove()).statusCode]).toEqual([404, 404]);
    expect(existsSync(join(made.dataDir, 'runs', runId))).toBe(false);
  });

  test('of an attempt deletes that one here and in the modules after, and leaves the others.', async () => {
    const third = await tiny(note, { module: 3 });
    const nextUrl = (await third.listen()).replace(/\/run$/, '');
    const second = await tiny(note, { module: 2, nextUrl });
    for (let time = 0; time < 3; time += 1) await post(second, { goal: 'g', run_id: runId });
    for (const made of [second, third]) await made.executions.settle(5_000);
    const attemptsIn = async (made: Tiny) => {
      const { runs } = (await get(made, '/runs')).json() as { runs: { run_attempt: number }[] };
      return runs.map(({ run_attempt }) => run_attempt).sort();
    };
    const remove = (attempt: number) =>
      second.app.inject({ method: 'DELETE', url: `/runs/${runId}?attempt=${attempt}` });

    expect([await remove(1), await remove(3)].map(({ statusCode }) => statusCode)).toEqual([204, 204]);

    expect([await attemptsIn(second), await attemptsIn(third)]).toEqual([[2], [2]]);
    const plan = (path: string) => get(second, `/runs/${runId}/${path}artifacts/final_plan.md`);
    const plans = await Promise.all(['attempts/1/', 'attempts/2/', 'attempts/3/'].map(plan));
    expect(plans.map(({ statusCode }) => statusCode)).toEqual([404, 200, 404]);
    await second.app.inject({ method: 'DELETE', url: `/runs/${runId}` });
    expect([await attemptsIn(second), await attemptsIn(third)]).toEqual([[], []]);
  });

  test('with only=cancel deletes nothing that has ended.', async () => {
    const made = await tiny(note);
    await post(made, { goal: 'g', run_id: runId });

    const answer = await made.app.inject({ method: 'DELETE', url: `/runs/${runId}?attempt=1&only=cancel` });

    expect([answer.statusCode, await stateOf(made)]).toEqual([204, 'finished']);
  });
});

test('Whoever waits for the end of a run that is deleted learns that.', async () => {
  const made = await tiny(note);

  const ending = await made.executions.ending({ runId, attempt: 1, module: 1 });

  expect(ending).toMatchObject({ state: 'failed', problem: { status: 404, detail: 'The run was deleted' } });
});

test('DELETE reaches a next module that is gone as soon as it is back.', async () => {
  const next = await tiny(held().work, { module: 2 });
  const url = await next.listen();
  const { dataDir } = next;
  const made = await tiny(note, { nextUrl: url.replace(/\/run$/, ''), dataDir, hopWaitMs: 20_000 });
  await later(made, runId);
  await becomes(next, 'running');
  await next.executions.stop(0);
  await next.executions.settle(5_000);
  await next.app.close();

  await made.app.inject({ method: 'DELETE', url: `/runs/${runId}` });
  await becomes(made, 'cancelled');
  const back = await tiny(note, { module: 2, dataDir });
  back.executions.takeOver();

  await becomes(back, 'cancelled');
});

test('DELETE waits until the next module has deleted its part, which may still be about to end.', async () => {
  const gate = Promise.withResolvers<string>();
  const next = await tiny(
    ({ signal }) => {
      signal.addEventListener('abort', () => setTimeout(() => gate.reject(signal.reason as Error), 300));
      return gate.promise;
    },
    { module: 2 },
  );
  const url = await next.listen();
  const made = await tiny(note, { nextUrl: url.replace(/\/run$/, '') });
  await later(made, runId);
  await becomes(next, 'running');
  const remove = () => made.app.inject({ method: 'DELETE', url: `/runs/${runId}` });

  expect((await remove()).statusCode).toBe(202);
  await becomes(made, 'cancelled');

  expect((await remove()).statusCode).toBe(204);
  expect((await get(next, `/runs/${runId}`)).statusCode).toBe(404);
});

describe('A caller that leaves', () => {
  test.each([
    ['cancels a run that is for it alone', {}, 'cancelled'],
    ['cancels no run that has a key', { 'idempotency-key': 'k' }, 'finished'],
  ])('%s.', async (_what, headers, state) => {
    const { work, release } = held();
    const made = await tiny(work);
    const url = await made.listen();
    const caller = new AbortController();
    const asked = fetch(url, {
      method: 'POST',
      headers: { ...json, ...headers },
      body: JSON.stringify({ goal: 'g', run_id: runId }),
      signal: caller.signal,
    }).catch(() => {});
    await becomes(made, 'running');

    caller.abort();
    await asked;
    await expect.poll(() => made.spans().some(({ kind }) => kind === 'SERVER')).toBe(true);
    if (state === 'finished') release();

    await becomes(made, state);
  });
});

test('Of many runs at the same moment no more are accepted than fit.', async () => {
  const { work, release } = held();
  const made = await tiny(work, { maxRuns: 1, maxQueued: 2 });

  const answers = await Promise.all(
    Array.from({ length: 12 }, () => post(made, { goal: 'g' }, { prefer: 'respond-async' })),
  );

  expect(answers.filter(({ statusCode }) => statusCode === 202)).toHaveLength(3);
  expect(answers.filter(({ statusCode }) => statusCode === 503)).toHaveLength(9);
  release();
});

test('A caller that leaves while its run is written down cancels it as well.', async () => {
  const made = await tiny(held().work);
  const { begin } = made.service.store;
  const [begun, gone] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  made.service.store.begin = async (start) => {
    const taken = await begin.call(made.service.store, start);
    begun.resolve();
    await gone.promise;
    return taken;
  };
  const url = await made.listen();
  made.app.server.once('request', (_request, response) => response.once('close', () => gone.resolve()));
  const caller = new AbortController();
  const asked = fetch(url, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ goal: 'g', run_id: runId }),
    signal: caller.signal,
  }).catch(() => {});
  await begun.promise;

  caller.abort();
  await asked;

  await becomes(made, 'cancelled');
});

test('Of three runs where one is worked on and one may wait, the second waits and the third is 503.', async () => {
  const { work, release } = held();
  const made = await tiny(work, { maxRuns: 1, maxQueued: 1 });
  await later(made, runId);
  await becomes(made, 'running');
  await later(made, other);

  const third = await post(made, { goal: 'g' });

  expect([third.statusCode, third.headers['retry-after'], third.json().detail]).toEqual([
    503,
    '1',
    'The service accepts no runs at the moment: it has 1 active runs and 1 waiting. Try again shortly.',
  ]);
  expect(await stateOf(made, other)).toBe('queued');
  const ready = (await get(made, '/readyz')).json();
  expect([ready.status, ready.store, ready.runs]).toEqual([
    'not ready',
    'folder',
    { working: 1, handed_on: 0, queued: 1, most: 2 },
  ]);
  release();
  await becomes(made, 'finished');
  await becomes(made, 'finished', other);
});
