import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Part } from '@agento/runs';
import { afterEach, expect, test, vi } from 'vitest';
import { reviewed } from '../src/runs/review.ts';
import { limitsAfter } from '../src/runs/run-limits.ts';
import { closeAll, nextModule, runId, tiny } from './harness.ts';

afterEach(closeAll);

const keys = { apiKeys: ['key-of-a-person-who-decides'], hopKey: 'key-between-the-modules' };
const authorization = { authorization: `Bearer ${keys.apiKeys[0]}` };
const waiting = { run_id: runId, module: 4, requests: 2, usage: [] };
const page = { run_id: runId, run_attempt: 1, goal: 'g', waiting: true, review: null };
const requests = ['r-1', 'r-2'].map((id) => ({ id }));

/** A module whose next one waits for a review at first, and then ends the run, unless it is to go on. */
async function waitingRun({ goesOn = false } = {}) {
  const got: { body: Record<string, unknown>; resume: unknown }[] = [];
  const answer = (response: ServerResponse, { headers }: IncomingMessage, body: string) => {
    got.push({ body: JSON.parse(body), resume: headers['agento-run-resume'] });
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    if (got.length > 1 && goesOn) return response.flushHeaders();
    response.end(
      got.length === 1
        ? `event: run.waiting_for_review\ndata: ${JSON.stringify(waiting)}\n\n`
        : 'event: run.finished\ndata: {"output":{"final":true},"module":5}\n\n',
    );
  };
  const next = await nextModule(answer, (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ ...page, requests }));
  });
  const made = await tiny(async () => 'Rent a room.', { ...keys, nextUrl: next.replace(/\/run$/, '') });
  made.executions.takeOver();
  const payload = { goal: 'g', run_id: runId, review: 'revisions', limits: { seconds: 600 } };
  const response = await made.app.inject({ method: 'POST', url: '/run', headers: authorization, payload });
  const review = (body: object) =>
    made.app.inject({ method: 'POST', url: `/runs/${runId}/review`, headers: authorization, payload: body });
  return { ...made, got, response, review };
}

test('A caller that waits for JSON gets 202 and the run’s Location when the run waits for a person.', async () => {
  const { response, executions, app } = await waitingRun();
  expect([response.statusCode, response.headers.location]).toEqual([202, `/runs/${runId}`]);
  expect(response.json()).toMatchObject({ state: 'waiting_for_review', review: `/runs/${runId}/review` });
  await executions.settle(5_000);
  expect(executions.load()).toEqual({ working: 0, handedOn: 0, queued: 0, oldestQueuedSeconds: 0 });
  const metrics = await app.inject('/metrics');
  expect(metrics.payload).toContain('agento_runs_total{outcome="waiting_for_review",module="1"} 1');
});

test('The review goes on with the hop that is made again, with the fingerprint of the key, and never the key.', async () => {
  const { review, got, service } = await waitingRun();
  const decisions = [{ request: 'r-1', decision: 'reject', reason: 'It is good as it is.' }];
  expect((await review({ decisions, others: 'keep' })).statusCode).toBe(202);
  await expect.poll(() => got).toHaveLength(2);

  const by = `key-${createHash('sha256')
    .update(keys.apiKeys[0] ?? '')
    .digest('hex')
    .slice(0, 8)}`;
  expect(got[1]?.body).toMatchObject({
    note: 'Rent a room.',
    run_attempt: 1,
    review: 'revisions',
    human_review: { by, decisions },
  });
  expect(got[1]?.resume).toEqual(expect.any(String));
  const part = await service.store.part({ runId, attempt: 1, module: 1 });
  expect(JSON.stringify(part)).not.toContain(keys.apiKeys[0]);
});

test('Of two reviews at the same time one holds, and the other is told so.', async () => {
  const { review, got } = await waitingRun();
  const all = (decision: string) =>
    review({ decisions: requests.map(({ id: request }) => ({ request, decision, reason: 'So it is.' })) });
  const answers = await Promise.all([all('approve'), all('reject')]);
  expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([202, 409]);
  const refused = answers.find(({ statusCode }) => statusCode === 409)?.json();
  expect([refused.type, refused.title]).toEqual([
    'urn:agento:problem:conflict',
    'The run cannot be reviewed',
  ]);
  await expect.poll(() => got).toHaveLength(2);
});

test('Cancelling that a review overtakes cancels the run that went on.', async () => {
  const { review, got, app, service } = await waitingRun({ goesOn: true });
  const reopen = service.store.reopen.bind(service.store);
  service.store.reopen = async (...asked) => {
    if ('to_cancel' in asked[1]) {
      expect((await review({ decisions: [], others: 'keep' })).statusCode).toBe(202);
      await expect.poll(() => got).toHaveLength(2);
    }
    return reopen(...asked);
  };
  const url = `/runs/${runId}?only=cancel`;
  expect((await app.inject({ method: 'DELETE', url, headers: authorization })).statusCode).toBe(202);
  await vi.waitFor(async () => {
    const part = await service.store.part({ runId, attempt: 1, module: 1 });
    expect(part?.state).toBe('cancelled');
  }, 30_000);
});

test('What people took to decide counts against no limit.', () => {
  const now = Date.now();
  const part = {
    input: { limits: { seconds: 600 } },
    beganAt: now - 100_000,
    notes: { waiting_since: now - 90_000 },
  } as unknown as Part;
  const notes = reviewed(part, 'a', { by: 'anonymous', at: '', decisions: [] });
  const { seconds } =
    limitsAfter({ settings: { limits: {} } } as never, { ...part, notes: { ...notes } }) ?? {};
  expect(seconds).toBeGreaterThan(580);
  expect(seconds).toBeLessThanOrEqual(591);
});
