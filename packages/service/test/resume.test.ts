import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RecordedCall, Run } from '@agento/agent';
import { LeaseLost } from '@agento/runs';
import { afterEach, expect, test, vi } from 'vitest';
import { closeAll, runId, type Tiny, tiny } from './harness.ts';

afterEach(closeAll);

const recorded = (run: Run): RecordedCall => ({
  key: 'a call',
  requestHash: 'ab'.repeat(32),
  answer: {
    id: 'answer-1',
    message: { role: 'assistant', content: 'Rent a room.' },
    json: null,
    annotations: [],
    model: 'm',
    provider: 'p',
    usage: { input: 10, output: 2, cached: null, reasoning: null },
    tokenLimit: null,
    costUsd: 0.5,
  } as unknown as RecordedCall['answer'],
  span: { trace_id: 'a'.repeat(32), span_id: run.id.replaceAll('-', '').slice(0, 16) },
  recordedAt: Date.now(),
});

/** Makes the call, or finds it recorded; what its answer says. */
async function answered(run: Run, onCall: () => void): Promise<string> {
  const made = recorded(run);
  const known = run.journal.recall(made.key, made.requestHash);
  if (known === null) {
    onCall();
    await run.journal.record(made);
  }
  return String((known ?? made).answer.message.content);
}

const post = ({ app }: Tiny, headers: Record<string, string> = {}) =>
  app.inject({
    method: 'POST',
    url: '/run',
    headers: { 'content-type': 'application/json', ...headers },
    payload: { goal: 'g', run_id: runId },
  });
const look = async ({ app }: Tiny) => (await app.inject(`/runs/${runId}`)).json();
const resume = ({ app }: Tiny) => app.inject({ method: 'POST', url: `/runs/${runId}/resume` });
const rootsOf = ({ spans }: Tiny) => spans().filter(({ name }) => name === 'run_module_1');

test('A run that failed is resumed: what was recorded is not asked again, and its spans say so.', async () => {
  let [calls, times] = [0, 0];
  const made = await tiny(async (run) => {
    times += 1;
    const text = await answered(run, () => {
      calls += 1;
    });
    if (times === 1) throw new Error('broken');
    return text;
  });
  made.executions.takeOver();
  expect((await post(made)).statusCode).toBe(500);
  expect(await look(made)).toMatchObject({ state: 'failed', calls: 1, cost_usd: 0.5 });
  await made.executions.settle(5_000);

  const accepted = await resume(made);

  expect([accepted.statusCode, accepted.headers.location]).toEqual([202, `/runs/${runId}`]);
  await expect.poll(async () => (await look(made)).state).toBe('finished');
  expect([calls, times]).toEqual([1, 2]);
  expect(await look(made)).toMatchObject({ executions: 2, run_attempt: 1 });
  expect(rootsOf(made).map(({ attributes }) => attributes['agento.run.execution'])).toEqual([1, 2]);
  expect((await resume(made)).json()).toMatchObject({
    status: 409,
    title: 'The run cannot be resumed',
    detail: 'The run is finished: only one that failed or was cancelled can be resumed',
  });
});

test('A run whose service is stopped goes on in another: as a second execution that is linked to the first.', async () => {
  let calls = 0;
  const onCall = () => {
    calls += 1;
  };
  const first = await tiny(async (run) => {
    await answered(run, onCall);
    return new Promise((_, reject) =>
      run.signal.addEventListener('abort', () => reject(run.signal.reason as Error)),
    );
  });
  const asked = await post(first, { prefer: 'respond-async' });
  expect(asked.statusCode).toBe(202);
  await expect.poll(() => calls).toBe(1);
  await first.executions.stop(0);
  await first.executions.settle(5_000);
  await first.app.close();
  const [before] = rootsOf(first);

  const second = await tiny((run) => answered(run, onCall), { dataDir: first.dataDir });
  second.executions.takeOver();

  await expect.poll(async () => (await look(second)).state).toBe('finished');
  expect([calls, await look(second)]).toMatchObject([1, { executions: 2, run_attempt: 1 }]);
  const [root] = rootsOf(second);
  expect(root?.attributes).toMatchObject({ 'agento.run.execution': 2, 'agento.run.attempt': 1 });
  expect(root?.links).toContainEqual(
    expect.objectContaining({
      spanId: before?.spanId,
      attributes: expect.objectContaining({ relationship: 'resumed_from' }),
    }),
  );
});

test('A run that somebody took over unawares ends here as taken over, under all its spans, and records nothing.', async () => {
  const made = await tiny((run) => answered(run, () => {}));
  const { store } = made.service;
  const claim = store.claim.bind(store);
  // As a process that wakes up finds it.
  store.claim = async (id) => {
    const lease = await claim(id);
    if (lease) {
      lease.append = async () => {
        throw new LeaseLost('somebody else has it');
      };
    }
    return lease;
  };

  const asked = await post(made);

  expect(asked.json()).toMatchObject({ type: 'urn:agento:problem:busy', status: 503 });
  const own = made.spans().filter(({ name }) => /^(run_module_1|final_assembly)$/.test(name));
  expect(own.map(({ attributes }) => [attributes['agento.interrupted'], attributes['error.type']])).toEqual([
    [true, 'taken_over'],
    [true, 'taken_over'],
  ]);
});

test('A run that is resumed at once after it failed has each span recorded in its own execution, and safe.', async () => {
  let times = 0;
  const made = await tiny(async () => {
    times += 1;
    if (times <= 3) throw new Error('broken');
    return 'mended';
  });
  made.executions.takeOver();
  await post(made);
  for (let time = 2; time <= 4; time += 1) {
    await expect.poll(async () => (await resume(made)).statusCode).toBe(202);
    await vi.waitFor(
      async () => expect(await look(made)).toMatchObject({ stage: 'ended', executions: time }),
      { timeout: 30_000, interval: 1 },
    );
  }
  const part = { runId, attempt: 1, module: 1 };
  await expect.poll(async () => (await made.service.store.part(part))?.settled).toBe(true);

  const path = join(made.dataDir, 'runs', runId, 'journal/module1.spans.jsonl');
  type Line = { x: number; d?: { begun?: { span_id: string; attributes: object }; safe?: string[] } };
  const texts = (await readFile(path, 'utf8')).split('\n').filter((text) => text !== '');
  const lines = texts.map((text) => JSON.parse(text) as Line);
  const begun = lines.flatMap(({ x, d }) => (d?.begun ? [{ x, ...d.begun }] : []));
  const safe = lines.flatMap(({ x, d }) => (d?.safe ?? []).map((id) => [id, x] as const));
  expect(new Set(begun.map(({ x }) => x))).toEqual(new Set([1, 2, 3, 4]));
  for (const { x, span_id, attributes } of begun) {
    expect(attributes).toMatchObject({ 'agento.run.execution': x });
    expect(safe.filter(([id]) => id === span_id)).toEqual([[span_id, x]]);
  }
});

test('Nothing is done before it is written down that an execution began: the next one would not know of its span.', async () => {
  const written: unknown[] = [];
  let known: unknown[] = [];
  const made = await tiny(async () => {
    known = [...written];
    return 'done';
  });
  const { store } = made.service;
  const claim = store.claim.bind(store);
  store.claim = async (id) => {
    const lease = await claim(id);
    if (!lease) return null;
    const append = lease.append.bind(lease);
    lease.append = async (stream, data) => {
      await delay(200);
      await append(stream, data);
      written.push(...data);
    };
    return lease;
  };

  expect((await post(made)).statusCode).toBe(200);
  expect(known).toContainEqual({ begun: expect.objectContaining({ name: 'run_module_1' }) });
});
