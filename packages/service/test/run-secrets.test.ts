import { StepError, step } from '@agento/agent';
import { codeStep } from '@agento/contracts';
import { redactText } from '@agento/tracing';
import { afterEach, describe, expect, test } from 'vitest';
import { closeAll, eventsOf, runId, type Tiny, type TinyWork, tiny } from './harness.ts';

afterEach(closeAll);

const marker = '***REDACTED***';
const secret = 'hunter2hunter2';

/** A step that is about a plan with the secret in its id, and tells it. */
const telling: TinyWork = async (run) => {
  const drafting = codeStep({ name: 'plan_draft', kind: 'planning', times: 'run', about: ['planId'] });
  await step(run, drafting, { planId: `p-${secret}` }, async ({ finish }) =>
    finish({ summary: `Write ${secret} on the wall.`, attributes: {} }),
  );
  return 'told';
};

function post({ app }: Tiny, payload: object, query = '') {
  const headers = { 'content-type': 'application/json' };
  return app.inject({ method: 'POST', url: `/run${query}`, headers, payload });
}

describe('A secret in the input of a run', () => {
  test('is removed wherever it comes up bare in what the run exports, the request’s own spans included.', async () => {
    const made = await tiny(async () => `Write ${secret} on the wall.`);

    const url = `${await made.listen()}?note=${secret}`;
    const body = JSON.stringify({ goal: `Log in with password=${secret}` });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body });

    // What the caller gets is the user's own data.
    expect(await response.json()).toMatchObject({ note: `Write ${secret} on the wall.` });
    await expect.poll(() => made.spans().map(({ kind }) => kind)).toContain('SERVER');
    const exported = JSON.stringify(made.spans());
    expect(made.spans().map(({ name }) => name)).toEqual(
      expect.arrayContaining(['final_assembly', 'run_module_1', 'request']),
    );
    expect(exported).toContain(`Write ${marker} on the wall.`);
    expect(exported).toContain(`note=${marker}`);
    expect(exported).not.toContain(secret);
  });

  test('is removed from the problem of the run, and from what is logged within it.', async () => {
    let logged = '';
    const made = await tiny(async () => {
      logged = redactText(`The door said ${secret}`);
      throw new Error(`The door said ${secret}`);
    });

    const response = await post(made, { goal: 'Open it', context: `password=${secret}` }, `?note=${secret}`);

    expect(response.statusCode).toBe(500);
    expect(logged).toBe(`The door said ${marker}`);
    expect(JSON.stringify(made.spans())).toContain(`The door said ${marker}`);
    expect(JSON.stringify(made.spans()) + response.payload).not.toContain(secret);
  });

  test('stays where another run says the same, at the same time or later.', async () => {
    const second = Promise.withResolvers<void>();
    const made = await tiny(async (_run, { goal }) => {
      if (goal.startsWith('Log in')) await second.promise;
      return `${secret}, says ${goal}`;
    });

    const first = post(made, { goal: `Log in with password=${secret}` });
    await post(made, { goal: 'the other' });
    second.resolve();
    await first;
    await post(made, { goal: 'the third' });

    const texts = JSON.stringify(made.spans());
    expect(texts).toContain(`${secret}, says the other`);
    expect(texts).toContain(`${secret}, says the third`);
    expect(texts).toContain(`${marker}, says Log in with password=${marker}`);
    expect(texts).not.toContain(`${secret}, says Log in`);
  });

  test('is neither in what the store keeps of the run’s events, nor sent to whoever reads them.', async () => {
    const made = await tiny(telling);

    const posted = await post(made, { goal: `Log in with password=${secret}`, run_id: runId });

    expect(posted.json().note).toBe('told');
    const kept = await made.service.store.records({ runId, attempt: 1, module: 1 }, 'events');
    const read = await made.app.inject(`/runs/${runId}/events`);
    const told = eventsOf(read.payload).filter(
      ([, data]) => (data as { step: string }).step === 'plan_draft',
    );
    expect(told).toMatchObject([
      ['step.started', { plan_id: `p-${marker}` }],
      ['step.finished', { plan_id: `p-${marker}`, summary: `Write ${marker} on the wall.` }],
    ]);
    expect(JSON.stringify(kept)).toContain(`Write ${marker} on the wall.`);
    expect(JSON.stringify([kept, told])).not.toContain(secret);
  });

  test('does not have an event told twice when the run is resumed.', async () => {
    let times = 0;
    const made = await tiny(async (run, input) => {
      times += 1;
      await telling(run, input);
      if (times === 1) throw new Error('broken');
      return 'told';
    });
    made.executions.takeOver();
    await post(made, { goal: `Log in with password=${secret}`, run_id: runId });
    await made.executions.settle(5_000);

    await made.app.inject({ method: 'POST', url: `/runs/${runId}/resume` });

    const look = async () => (await made.app.inject(`/runs/${runId}`)).json();
    await expect.poll(() => look()).toMatchObject({ state: 'finished', executions: 2 });
    const read = await made.app.inject(`/runs/${runId}/events`);
    const told = eventsOf(read.payload).filter(
      ([, data]) => (data as { step: string }).step === 'plan_draft',
    );
    expect(told.map(([name]) => name)).toEqual(['step.started', 'step.finished']);
  });

  test('is not in the problem that the run shows to whoever asks later.', async () => {
    const made = await tiny(async () => {
      throw new StepError('model_rejected', `The door said ${secret}`);
    });
    await post(made, { goal: 'Open it', context: `password=${secret}`, run_id: runId });

    const shown = (await made.app.inject(`/runs/${runId}`)).json();
    const read = await made.app.inject(`/runs/${runId}/events`);

    expect(shown.problem.detail).toBe(`The door said ${marker}`);
    expect(eventsOf(read.payload).at(-1)).toMatchObject(['run.failed', { problem: shown.problem }]);
    expect(JSON.stringify(shown.problem) + read.payload).not.toContain(secret);
  });
});
