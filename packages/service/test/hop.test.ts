import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openEventStream } from '../src/event-stream.ts';
import { closeAll, eventsOf, nextModule, type Tiny, tiny } from './harness.ts';

const runId = '0b0e3c1a-7f43-4b3d-9c55-0c7f1f6f2a11';
let made: Tiny | null = null;
beforeEach(() => {
  made = null;
});
afterEach(closeAll);

/** Runs the tiny module in front of the next one, as a stream of events. */
async function runBefore(next: string, more: object = {}) {
  made = await tiny(async () => 'Rent a room.', { nextUrl: next.replace(/\/run$/, '') });
  const response = await made.app.inject({
    method: 'POST',
    url: '/run',
    headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
    payload: { goal: 'g', run_id: runId, ...more },
  });
  // The next module answers in this same process, so its SERVER span is collected as well.
  const hop = made.spans().find(({ name, kind }) => name === 'POST' && kind === 'CLIENT');
  const events = eventsOf(response.payload);
  return { events, last: events.at(-1), hop };
}
const failedBy = (last: [string, unknown] | undefined) =>
  (last?.[1] as { problem?: unknown } | undefined)?.problem;

describe('The hop to the next module', () => {
  test('hands the output on, asks for events, and carries the trace.', async () => {
    const got: { body: unknown; headers: unknown }[] = [];
    const next = await nextModule((response, request, body) => {
      got.push({ body: JSON.parse(body), headers: request.headers });
      const stream = openEventStream(response);
      stream.send('run.finished', '{"output":{"final":true}}');
      stream.end();
    });

    const { last, hop } = await runBefore(next, { session_id: 's-1', stop_after: 2 });

    const root = made?.spans().find(({ name }) => name === 'run_module_1');
    expect(last).toEqual(['run.finished', { output: { final: true } }]);
    expect(got).toEqual([
      {
        body: {
          goal: 'g',
          session_id: 's-1',
          stop_after: 2,
          run_id: runId,
          trace_metadata: {
            trace_id: root?.traceId,
            root_span_id: root?.spanId,
            service_name: 'Agento-Module-1',
          },
          usage: [],
          note: 'Rent a room.',
        },
        headers: expect.objectContaining({
          accept: 'text/event-stream',
          'content-type': 'application/json',
          traceparent: `00-${hop?.traceId}-${hop?.spanId}-01`,
        }),
      },
    ]);
    expect(hop?.parentSpanId).toBe(root?.parentSpanId);
    expect([hop?.status.code, hop?.attributes]).toMatchObject([
      'UNSET',
      { 'http.response.status_code': 200, 'url.full': next, 'agento.run.id': runId, 'agento.step': 'hop' },
    ]);
    expect(root?.attributes['agento.next_module']).toBe(2);
  });

  test('is not taken when the caller asked to stop here.', async () => {
    const next = await nextModule(() => expect.unreachable());

    const { last, hop } = await runBefore(next, { stop_after: 1 });

    expect([last?.[0], hop]).toEqual(['run.finished', undefined]);
    const root = made?.spans().find(({ name }) => name === 'run_module_1');
    expect(root?.attributes['agento.next_module']).toBe(0);
  });

  test('relays events as they come and as they are, but for a second run.started.', async () => {
    const next = await nextModule((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const text = [
        ': a comment\n\n',
        'event: run.started\ndata: {"run_id":"x","trace_id":"y"}\n\n',
        'event: step.started\ndata: {"module":2,"step":"plan_generation"}\n\n',
        'event: module.finished\ndata: {"module":2,"note":"café 🛠️ </input>"}\n\n',
        'event: run.finished\ndata: {"output":{"title":"🛠️"}}\n\n',
      ].join('');
      // One byte at a time: neither a character nor an event comes whole.
      for (const byte of Buffer.from(text)) response.write(Buffer.from([byte]));
      response.end();
    });

    const { events } = await runBefore(next);

    const relayed = events.slice(events.findIndex(([name]) => name === 'module.finished') + 1);
    expect(relayed).toEqual([
      ['step.started', { module: 2, step: 'plan_generation' }],
      ['module.finished', { module: 2, note: 'café 🛠️ </input>' }],
      ['run.finished', { output: { title: '🛠️' } }],
    ]);
    expect(events.filter(([name]) => name === 'run.started')).toHaveLength(1);
  });

  test('begins only after the run of this module has ended.', async () => {
    let ended: string[] = [];
    const next = await nextModule((response) => {
      ended = made?.spans().map(({ name }) => name) ?? [];
      const stream = openEventStream(response);
      stream.send('run.finished', '{"output":{}}');
      stream.end();
    });

    await runBefore(next);

    expect(ended).toContain('run_module_1');
  });
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

    expect(failedBy(last)).toEqual({ ...bad, detail: 'Module 2 could not be reached' });
    expect(hop?.events.map(({ name, attributes }) => [name, attributes.attempt])).toEqual([
      ['agento.hop.retry', 1],
      ['agento.hop.retry', 2],
      ['agento.hop.retry', 3],
      ['exception', undefined],
    ]);
    expect([hop?.status.code, hop?.attributes['error.type']]).toEqual(['ERROR', 'next-module-failed']);
    const ended = made?.spans().map(({ name, status }) => [name, status.code]) ?? [];
    expect(ended).toEqual(
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
      stream.send('run.finished', '{"output":{"late":true}}');
      stream.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));

    const running = runBefore(`http://127.0.0.1:${port}/run`);
    await vi.waitFor(() => expect(made?.spans().some(({ name }) => name === 'run_module_1')).toBe(true));
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const { last } = await running;
    server.closeAllConnections();
    server.close();

    expect(last).toEqual(['run.finished', { output: { late: true } }]);
  });

  test('after the module had it is not tried again: a run is not paid for twice.', async () => {
    let requests = 0;
    const next = await nextModule((response) => {
      requests += 1;
      response.destroy();
    });

    const { last, hop } = await runBefore(next);

    expect([requests, failedBy(last)]).toEqual([1, { ...bad, detail: 'Module 2 could not be reached' }]);
    expect(hop?.events.map(({ name }) => name)).toEqual(['exception']);
  });

  test('because the stream was cut is 502.', async () => {
    const next = await nextModule((response) => {
      const stream = openEventStream(response);
      stream.send('step.started', '{"module":2,"step":"plan_generation"}');
      setTimeout(() => response.destroy(), 20);
    });

    const { last, events } = await runBefore(next);

    expect(events).toContainEqual(['step.started', { module: 2, step: 'plan_generation' }]);
    expect(failedBy(last)).toEqual({ ...bad, detail: 'Module 2 broke off its answer' });
  });

  test('because the stream ended without a result is 502.', async () => {
    const next = await nextModule((response) => openEventStream(response).end());

    expect(failedBy((await runBefore(next)).last)).toEqual({
      ...bad,
      detail: 'Module 2 ended its answer without a result',
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
      detail: 'The service takes no run now: it is stopping. Try again shortly.',
      module: 2,
    };
    const next = await nextModule((response) => {
      response.writeHead(503, { 'content-type': 'application/problem+json', 'retry-after': '1' });
      response.end(JSON.stringify(problem));
    });

    const { last, hop } = await runBefore(next);

    expect(failedBy(last)).toMatchObject(problem);
    expect(hop?.attributes['http.response.status_code']).toBe(503);
  });

  test('because the next module finds a fault in what it was handed is 502, not the caller’s 400.', async () => {
    const next = await nextModule((response) => {
      response.writeHead(400, { 'content-type': 'application/problem+json' });
      response.end(
        JSON.stringify({
          type: 'urn:agento:problem:bad-input',
          title: 't',
          status: 400,
          detail: '/x: must be string',
        }),
      );
    });

    expect(failedBy((await runBefore(next)).last)).toEqual({
      ...bad,
      detail: 'Module 2 refused the hand-over: /x: must be string',
    });
  });

  test('because another module answers there says which address is wrong.', async () => {
    const next = await nextModule((response) => {
      response.writeHead(409, { 'content-type': 'application/problem+json' });
      response.end(
        JSON.stringify({
          type: 'urn:agento:problem:conflict',
          title: 't',
          status: 409,
          detail: 'under way',
          module: 1,
        }),
      );
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
      detail: `Module 2 refused the hand-over: it answered ${status}`,
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
  made = await tiny(async () => 'Rent a room.', { nextUrl: next.replace(/\/run$/, '') });
  const url = await made.listen();
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

  await vi.waitFor(() =>
    expect(made?.spans().filter(({ status }) => status.code === 'ERROR')).toHaveLength(3),
  );
  const failed = made.spans().filter(({ status }) => status.code === 'ERROR');
  expect(
    failed.map(({ kind, name, attributes }) => `${kind} ${name}: ${attributes['error.type']}`).sort(),
  ).toEqual(['CLIENT POST: cancelled', 'INTERNAL request: cancelled', 'SERVER POST /run: cancelled']);
});
