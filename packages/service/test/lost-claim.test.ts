import { afterEach, expect, test } from 'vitest';
import { closeAll, tiny } from './harness.ts';

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
