import { afterEach, expect, test } from 'vitest';
import { closeAll, tiny } from './harness.ts';

afterEach(closeAll);

test('A run that another replica had taken is taken over when that one is gone, and its caller gets the answer.', async () => {
  const { app, executions, service } = await tiny(async () => 'made after all');
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
});
