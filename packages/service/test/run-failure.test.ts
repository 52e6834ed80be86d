import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { StepError, step } from '@agento/agent';
import { searchStep } from '@agento/contracts';
import { afterEach, describe, expect, test } from 'vitest';
import { closeAll, eventsOf, type Tiny, tiny } from './harness.ts';

afterEach(closeAll);

const runId = '0b0e3c1a-7f43-4b3d-9c55-0c7f1f6f2a11';
const json = { 'content-type': 'application/json' };
const problemType = 'application/problem+json; charset=utf-8';

function post({ app }: Tiny, payload: string | object, headers: Record<string, string> = {}) {
  return app.inject({ method: 'POST', url: '/run', headers: { ...json, ...headers }, payload });
}

describe('A run that fails', () => {
  const failing = () =>
    tiny((run) =>
      step(
        run,
        searchStep,
        {},
        () => Promise.reject(new StepError('model_timeout', 'The model did not answer within 5 ms')),
        { agentName: 'SearchAgent', promptSha256: 'abc' },
      ),
    );

  test('is a problem that says which step of which agent it was, and where in the trace.', async () => {
    const made = await failing();

    const response = await post(made, { goal: 'g', run_id: runId });

    const failed = made.spans().find(({ name }) => name === 'search_agent');
    expect([response.statusCode, response.headers['content-type']]).toEqual([504, problemType]);
    expect(response.json()).toEqual({
      type: 'urn:agento:problem:out-of-time',
      title: 'The model took too long',
      status: 504,
      detail: 'The model did not answer within 5 ms',
      instance: '/run',
      run_id: runId,
      trace_id: failed?.traceId,
      module: 1,
      step: 'search_agent',
      agent_name: 'SearchAgent',
      span_id: failed?.spanId,
      prompt_sha256: 'abc',
    });
  });

  test('as a stream says so in its last event, after a 200, and its SERVER span is an error all the same.', async () => {
    const made = await failing();
    const url = await made.listen();

    const response = await fetch(url, {
      method: 'POST',
      headers: { ...json, accept: 'text/event-stream' },
      body: '{"goal":"g"}',
    });
    const events = eventsOf(await response.text());

    expect(response.status).toBe(200);
    expect(events.filter(([name]) => name.startsWith('run.')).map(([name]) => name)).toEqual([
      'run.started',
      'run.failed',
    ]);
    expect(events.at(-1)?.[1]).toMatchObject({
      problem: { status: 504, step: 'search_agent', agent_name: 'SearchAgent' },
    });
    await expect.poll(() => made.spans().some(({ kind }) => kind === 'SERVER')).toBe(true);
    expect(
      made.spans().map(({ name, status, attributes }) => [name, status.code, attributes['error.type']]),
    ).toEqual(
      ['search_agent', 'final_assembly', 'run_module_1', 'request', 'POST /run'].map((name) => [
        name,
        'ERROR',
        'model_timeout',
      ]),
    );
  });

  test('by a fault of ours hides it from the caller and keeps it on the span.', async () => {
    const made = await tiny(() => Promise.reject(new TypeError('secret internals')));

    const response = await post(made, { goal: 'g' });

    expect(response.statusCode).toBe(500);
    expect(response.payload).not.toContain('secret internals');
    expect(made.spans().find(({ name }) => name === 'final_assembly')?.status.message).toContain(
      'secret internals',
    );
  });

  test('because its time is over is answered with 504 and gives up its work.', async () => {
    let given = false;
    const made = await tiny(
      (run) =>
        new Promise<string>((_, reject) => {
          run.signal.addEventListener('abort', () => {
            given = true;
            reject(run.signal.reason as Error);
          });
        }),
      { runTimeoutMs: 50 },
    );

    const response = await post(made, { goal: 'g' });

    expect([response.statusCode, response.json().detail, given]).toEqual([
      504,
      'The run took longer than 50 ms',
      true,
    ]);
    expect(made.executions.load().working).toBe(0);
  });
});

describe('A caller that leaves', () => {
  test.each([{}, { accept: 'text/event-stream' }])(
    'gives the run up, and every span says cancelled (%j).',
    async (headers) => {
      let begun = false;
      let reason: unknown;
      const made = await tiny(
        (run) =>
          new Promise<string>((_, reject) => {
            begun = true;
            run.signal.addEventListener('abort', () => {
              reason = run.signal.reason;
              reject(reason as Error);
            });
          }),
      );
      const url = await made.listen();
      const caller = new AbortController();
      const asked = fetch(url, {
        method: 'POST',
        headers: { ...json, ...headers },
        body: '{"goal":"g"}',
        signal: caller.signal,
      })
        .then((response) => response.text())
        .catch((error: unknown) => error);
      await expect.poll(() => begun).toBe(true);

      caller.abort();
      await asked;

      await expect.poll(() => made.spans().some(({ kind }) => kind === 'SERVER')).toBe(true);
      await expect.poll(() => made.executions.load().working).toBe(0);
      expect(reason).toMatchObject({ name: 'Cancelled', message: 'The caller closed the connection' });
      const ended = made
        .spans()
        .map(({ name, status, attributes }) => [name, status.code, attributes['error.type']]);
      expect(ended.sort()).toEqual(
        ['POST /run', 'final_assembly', 'request', 'run_module_1'].map((name) => [
          name,
          'ERROR',
          'cancelled',
        ]),
      );
      const metrics = await made.service.metrics.registry.metrics();
      expect(metrics).toContain('agento_runs_total{outcome="cancelled",module="1"} 1');
    },
  );

  test('as soon as it has read how the run ended breaks nothing off.', async () => {
    const made = await tiny(async () => 'noted');
    // Files of a trace may take their time after the run's last step.
    made.service.telemetry = { ...made.service.telemetry, finishRun: () => delay(200) };
    const { hostname, port } = new URL(await made.listen());
    const socket = connect(Number(port), hostname);
    socket.write(
      'POST /run HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\ncontent-type: application/json\r\ncontent-length: 12\r\n\r\n{"goal":"g"}',
    );
    for await (const chunk of socket) if (String(chunk).includes('event: run.finished')) break;
    socket.destroy();

    await expect.poll(() => made.spans().some(({ kind }) => kind === 'SERVER')).toBe(true);
    expect(made.spans().filter(({ status }) => status.code === 'ERROR')).toEqual([]);
    const metrics = await made.service.metrics.registry.metrics();
    expect(metrics).toContain('agento_runs_total{outcome="finished",module="1"} 1');
  });
});
