import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { readEvents } from '../src/runs/run-events.ts';
import { closeAll, nextModule, runId, tiny } from './harness.ts';

afterEach(closeAll);

test('A store that is gone while events of later modules are read ends neither the process nor the reading.', async () => {
  const next = await nextModule(async (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
  });
  const { app, service, executions } = await tiny(async () => 'x', { nextUrl: next.replace(/\/run$/, '') });
  const headers = { prefer: 'respond-async' };
  await app.inject({ method: 'POST', url: '/run', headers, payload: { goal: 'g', run_id: runId } });
  const { store } = service;
  const { part: look, watch } = store;
  const listeners: (() => void)[] = [];
  store.watch = (id, listener) => {
    listeners.push(listener);
    return watch.call(store, id, listener);
  };
  const part = await look.call(store, { runId, attempt: 1, module: 1 });
  if (!part) throw new Error('It was accepted');
  const [names, left, unhandled]: [string[], AbortController, unknown[]] = [[], new AbortController(), []];
  const note = (error: unknown) => unhandled.push(error);
  process.once('unhandledRejection', note);
  const reading = (async () => {
    for await (const { name } of readEvents(service, executions, part, '', left.signal)) names.push(name);
  })();
  while (!names.includes('module.finished')) await delay(20);
  // The reader has come to the modules after once it watches the part a second time.
  while (listeners.length < 2) await delay(20);

  store.part = async () => {
    throw new Error('Postgres has been gone for 120 s');
  };
  for (const listener of listeners) listener();
  await delay(50);
  store.part = look;

  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
  left.abort();
  executions.ending(part).catch(() => {});
  await executions.stop(0);
  await reading;
  expect(names.at(-1)).toBe('module.finished');
});
