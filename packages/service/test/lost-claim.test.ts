import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { closeAll, runId, tiny } from './harness.ts';

afterEach(closeAll);

test('A run that another replica had taken is taken over when that one is gone, and its caller gets the answer.', async () => {
  const { app, executions, service, spans } = await tiny(async () => 'made after all');
  const { store } = service;
  const claim = store.claim.bind(store);
  const { promise: lost, resolve } = Promise.withResolvers<void>();
  // Somebody else was quicker, and has died by the next time.
  store.claim = async () => {
    store.claim = claim;
    resolve();
    return null;
  };

  const answer = app.inject({ method: 'POST', url: '/run', payload: { goal: 'Plan a street fair' } });
  await lost;
  await new Promise((resolve) => setImmediate(resolve));
  expect(executions.load().working).toBe(0);
  executions.takeOver();

  expect((await answer).json()).toMatchObject({ note: 'made after all' });
  // Whoever takes over cannot know whether the one that accepted it lives: readers take the whole span of the two.
  const root = spans().find(({ name }) => name === 'run_module_1');
  const above = spans().filter(({ spanId }) => spanId === root?.parentSpanId);
  expect(above.map(({ name, attributes }) => [name, attributes['agento.interrupted']])).toEqual([
    ['request', true],
    ['request', undefined],
  ]);
});

test('A run whose execution the store refuses to begin has not failed: its caller is told to follow it, and it goes on.', async () => {
  const { app, executions, service, listen } = await tiny(async () => 'made after all');
  const { store } = service;
  const claim = store.claim.bind(store);
  store.claim = async () => {
    store.claim = claim;
    // Once the caller waits for what is executed here.
    await delay(100);
    throw new Error('no space left');
  };

  const answer = await fetch(await listen(), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ goal: 'Plan a street fair', run_id: runId }),
  });

  expect([answer.status, answer.headers.get('location')]).toEqual([503, `/runs/${runId}`]);
  expect(await answer.json()).toMatchObject({ type: 'urn:agento:problem:busy', run_id: runId });
  executions.takeOver();
  const state = async () => (await app.inject(`/runs/${runId}`)).json().state;
  await expect.poll(() => state()).toBe('finished');
}, 20_000);

test('Whoever waits for a run that is executed elsewhere is let go when the store cannot say what becomes of it.', async () => {
  const { executions, service } = await tiny(async () => 'never made');
  service.store.part = async () => {
    throw new Error('the store is gone');
  };

  expect(await executions.ending({ runId, attempt: 1, module: 1 })).toEqual({ state: 'suspended' });
});
