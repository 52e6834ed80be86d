import { afterEach, expect, test } from 'vitest';
import { closeAll, eventsOf, nextModule, runBefore, runId, tiny } from './harness.ts';

afterEach(closeAll);

/** Two modules with limits: what the second was given, and the end of the run. */
async function handedOn(more: object) {
  const got: Record<string, unknown>[] = [];
  const next = await nextModule((response, _request, body) => {
    got.push(JSON.parse(body));
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end('event: run.finished\ndata: {"output":{"final":true}}\n\n');
  });
  await runBefore(next, more);
  return got[0];
}

test('The limits of a run travel with the hop, with the seconds that are left.', async () => {
  const given = await handedOn({ limits: { calls: 10, usd: 0.5, seconds: 600 } });

  expect(given?.limits).toEqual({ calls: 10, usd: 0.5, seconds: expect.any(Number) });
  const { seconds } = (given as { limits: { seconds: number } }).limits;
  expect(seconds).toBeLessThanOrEqual(600);
});

test('A run without limits hands none on.', async () => {
  expect(await handedOn({})).not.toHaveProperty('limits');
});

test('Its output does not have them.', async () => {
  const { app } = await tiny(async () => 'Rent a room.');

  const { statusCode, payload } = await app.inject({
    method: 'POST',
    url: '/run',
    payload: { goal: 'g', limits: { calls: 3 } },
  });

  expect([statusCode, Object.keys(JSON.parse(payload))]).toEqual([
    200,
    expect.not.arrayContaining(['limits']),
  ]);
});

test('A limit nobody knows is bad input.', async () => {
  const { app } = await tiny(async () => 'Rent a room.');

  const { statusCode, payload } = await app.inject({
    method: 'POST',
    url: '/run',
    payload: { goal: 'g', limits: { minutes: 3 } },
  });

  expect([statusCode, JSON.parse(payload).errors]).toMatchObject([
    400,
    [{ detail: expect.stringContaining('minutes') }],
  ]);
});

test('A run that was out of time and is resumed has its seconds again.', async () => {
  let times = 0;
  const made = await tiny(({ signal }) => {
    times += 1;
    if (times > 1) return Promise.resolve('done');
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  });
  made.executions.takeOver();
  const payload = { goal: 'g', run_id: runId, limits: { seconds: 1 } };
  expect((await made.app.inject({ method: 'POST', url: '/run', payload })).statusCode).toBe(504);

  await made.app.inject({ method: 'POST', url: `/runs/${runId}/resume` });

  const look = async () => (await made.app.inject(`/runs/${runId}`)).json().state;
  await expect.poll(() => look()).toBe('finished');
});

test('A run is out of time after its own seconds, and else after those of the service.', async () => {
  const waiting = (signal: AbortSignal) =>
    new Promise<string>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const endOf = async (settings: object, payload: object) => {
    const { app } = await tiny(({ signal }) => waiting(signal), settings);
    const response = await app.inject({
      method: 'POST',
      url: '/run',
      headers: { accept: 'text/event-stream' },
      payload: { goal: 'g', ...payload },
    });
    return eventsOf(response.payload).at(-1);
  };

  const ended = [await endOf({}, { limits: { seconds: 1 } }), await endOf({ limits: { seconds: 1 } }, {})];

  const problem = {
    status: 504,
    type: 'urn:agento:problem:out-of-time',
    detail:
      'The run took longer than 1 s, its limit from this module on (limits.seconds, AGENTO_LIMIT_SECONDS)',
  };
  expect(ended).toMatchObject([
    ['run.failed', { problem }],
    ['run.failed', { problem }],
  ]);
});
