import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { openEventStream } from '../src/event-stream.ts';
import { closeAll, nextModule, runBefore, runId, spans, tiny } from './harness.ts';

afterEach(closeAll);

const failedBy = (last: [string, unknown] | undefined) =>
  (last?.[1] as { problem?: unknown } | undefined)?.problem;

const goOn = `To go on once it is back: POST /runs/${runId}/resume`;

/** A next module that answers with the problem. */
const refusing = (
  problem: { status: number; [field: string]: unknown },
  headers: Record<string, string> = {},
) =>
  nextModule((response) => {
    response.writeHead(problem.status, { 'content-type': 'application/problem+json', ...headers });
    response.end(JSON.stringify(problem));
  });

describe('A hop that fails', () => {
  const bad = {
    type: 'urn:agento:problem:next-module-failed',
    title: 'The next module failed',
    status: 502,
    instance: '/run',
    run_id: runId,
    trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
    module: 2,
  };

  test('because nobody listens is tried again, each time said on its span, and then given up as 502.', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));

    const { last, hop } = await runBefore(`http://127.0.0.1:${port}/run`);

    expect(failedBy(last)).toEqual({
      ...bad,
      detail: `Module 2 could not be reached. ${goOn}`,
    });
    expect(hop?.events.map(({ name, attributes }) => [name, attributes.attempt])).toEqual([
      ['agento.hop.retry', 1],
      ['agento.hop.retry', 2],
      ['agento.hop.retry', 3],
      ['exception', undefined],
    ]);
    expect([hop?.status.code, hop?.attributes['error.type']]).toEqual(['ERROR', 'next-module-failed']);
    const ended = () => spans().map(({ name, status }) => [name, status.code]);
    await expect
      .poll(() => ended())
      .toEqual(
        expect.arrayContaining([
          ['run_module_1', 'UNSET'],
          ['POST', 'ERROR'],
          ['request', 'ERROR'],
        ]),
      );
  });

  test('to connect at first goes on as soon as the next module is back.', async () => {
    const server = createServer((_request, response) => {
      const stream = openEventStream(response);
      stream.send('run.finished', '{"output":{"late":true},"module":2}');
      stream.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));

    const running = runBefore(`http://127.0.0.1:${port}/run`);
    await expect.poll(() => spans().some(({ name }) => name === 'run_module_1')).toBe(true);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const { last } = await running;
    server.closeAllConnections();
    server.close();

    expect(last).toEqual(['run.finished', { output: { late: true }, module: 2 }]);
  });

  test('without an answer is asked again: the next module goes on with what it has.', async () => {
    let requests = 0;
    const next = await nextModule((response) => {
      requests += 1;
      response.destroy();
    });

    const { last, hop } = await runBefore(next);

    expect([requests, failedBy(last)]).toEqual([
      4,
      {
        ...bad,
        detail: `Module 2 could not be reached at ${next}: it closed the connection without a response; if it speaks TLS, use https:// in AGENTO_NEXT_URL. ${goOn}`,
      },
    ]);
    expect(hop?.events.map(({ name }) => name)).toEqual([
      'agento.hop.retry',
      'agento.hop.retry',
      'agento.hop.retry',
      'exception',
    ]);
  });

  test('because the stream was cut is 502.', async () => {
    const broken = (response: ServerResponse) => {
      const stream = openEventStream(response);
      stream.send('step.started', '{"module":2,"step":"plan_generation"}', '2.1');
      setTimeout(() => response.destroy(), 300);
    };
    const next = await nextModule(broken, broken);

    const { last, events } = await runBefore(next);

    expect(events).toContainEqual(['step.started', { module: 2, step: 'plan_generation' }]);
    expect(failedBy(last)).toEqual({
      ...bad,
      detail: `Module 2 broke off its response. ${goOn}`,
    });
  });

  test('because the stream ended without a result is 502.', async () => {
    const next = await nextModule((response) => openEventStream(response).end());

    expect(failedBy((await runBefore(next)).last)).toEqual({
      ...bad,
      detail: `Module 2 ended its response without a result. ${goOn}`,
    });
  });

  test('because a later module failed is that module’s problem, with its step and its number.', async () => {
    const problem = {
      type: 'urn:agento:problem:model-failed',
      title: 'The model failed',
      status: 502,
      detail: 'The model declined to answer',
      instance: '/run',
      run_id: runId,
      trace_id: 'a'.repeat(32),
      module: 4,
      step: 'revision_validation',
      agent_name: 'RevisionEvaluator',
      span_id: 'b'.repeat(16),
      prompt_sha256: 'c',
    };
    const next = await nextModule((response) => {
      const stream = openEventStream(response);
      stream.send('run.failed', JSON.stringify({ problem }));
      stream.end();
    });

    const { last, hop } = await runBefore(next);

    expect(last).toEqual(['run.failed', { problem }]);
    expect([hop?.status, hop?.attributes['error.type']]).toEqual([
      { code: 'ERROR', message: 'The model declined to answer' },
      'model-failed',
    ]);
  });

  test('because the next module is busy is 503.', async () => {
    const problem = {
      type: 'urn:agento:problem:busy',
      title: 'The service is busy',
      status: 503,
      detail: 'The service accepts no runs at the moment: it is stopping. Try again shortly.',
      module: 2,
    };
    const next = await refusing(problem, { 'retry-after': '1' });

    const { last, hop } = await runBefore(next);

    expect(failedBy(last)).toMatchObject(problem);
    expect(hop?.attributes['http.response.status_code']).toBe(503);
  });

  test('because the next module finds a fault in what it was handed is 502, not the caller’s 400.', async () => {
    const next = await refusing({
      type: 'urn:agento:problem:bad-input',
      title: 't',
      status: 400,
      detail: '/x: must be string',
    });

    expect(failedBy((await runBefore(next)).last)).toEqual({
      ...bad,
      detail: 'Module 2 rejected the request: /x: must be string',
    });
  });

  test('because another module answers there says which address is wrong.', async () => {
    const next = await refusing({
      type: 'urn:agento:problem:conflict',
      title: 't',
      status: 409,
      detail: 'under way',
      module: 1,
    });

    expect(failedBy((await runBefore(next)).last)).toEqual({
      ...bad,
      detail: 'Module 1 answers where module 2 should: AGENTO_NEXT_URL of module 1 is wrong',
    });
  });

  test.each([
    [404, 'text/html', '<html>not found</html>', 502],
    [503, 'text/plain', 'upstream down', 503],
  ])('because something else answers there with %i is told so.', async (status, type, text, expected) => {
    const next = await nextModule((response) => {
      response.writeHead(status, { 'content-type': type });
      response.end(text);
    });

    expect(failedBy((await runBefore(next)).last)).toEqual({
      ...bad,
      status: expected,
      detail: `Module 2 rejected the request: it answered ${status}`,
    });
  });
});

test('A caller that leaves during the hop ends the request to the next module as well.', async () => {
  const gone = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  const next = await nextModule((response) => {
    openEventStream(response);
    response.once('close', gone.resolve);
    reached.resolve();
  });
  const { listen } = await tiny(async () => 'Rent a room.', { nextUrl: next.replace(/\/run$/, '') });
  const url = await listen();
  const caller = new AbortController();
  const asked = fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"goal":"g"}',
    signal: caller.signal,
  }).catch(() => {});
  await reached.promise;

  caller.abort();
  await asked;
  await gone.promise;

  await expect.poll(() => spans().filter(({ status }) => status.code === 'ERROR')).toHaveLength(3);
  const failed = spans().filter(({ status }) => status.code === 'ERROR');
  expect(
    failed.map(({ kind, name, attributes }) => `${kind} ${name}: ${attributes['error.type']}`).sort(),
  ).toEqual(['CLIENT POST: cancelled', 'INTERNAL request: cancelled', 'SERVER POST /run: cancelled']);
});

test('The next module is left the time to say how it ended what was cancelled.', async () => {
  const reached = Promise.withResolvers<ServerResponse>();
  const next = await nextModule((response) => {
    openEventStream(response);
    reached.resolve(response);
  });
  const { listen, executions } = await tiny(async () => 'Rent a room.', {
    nextUrl: next.replace(/\/run$/, ''),
  });
  const caller = new AbortController();
  const asked = fetch(await listen(), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"goal":"g"}',
    signal: caller.signal,
  }).catch(() => {});
  const response = await reached.promise;

  caller.abort();
  await asked;
  await delay(300);

  expect(response.destroyed).toBe(false);
  response.end('event: run.failed\ndata: {"problem":{}}\n\n');
  await expect.poll(() => executions.load().handedOn).toBe(0);
  expect(response.writableFinished).toBe(true);
});
