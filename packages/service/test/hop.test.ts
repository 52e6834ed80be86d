import { afterEach, describe, expect, test } from 'vitest';
import { openEventStream } from '../src/event-stream.ts';
import { closeAll, eventsOf, nextModule, runBefore, runId, spans, tiny } from './harness.ts';

afterEach(closeAll);

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

    const root = spans().find(({ name }) => name === 'run_module_1');
    expect(last).toEqual(['run.finished', { output: { final: true } }]);
    expect(got).toEqual([
      {
        body: {
          goal: 'g',
          session_id: 's-1',
          stop_after: 2,
          run_id: runId,
          schema_version: 2,
          run_attempt: 1,
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
    const root = spans().find(({ name }) => name === 'run_module_1');
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

  test.each([
    ['application/json', undefined, 'none'],
    ['text/event-stream', undefined, undefined],
    ['text/event-stream', 'none', 'none'],
  ])('asks for progress only where its own caller does (%s, %s).', async (accept, progress, asked) => {
    const got: unknown[] = [];
    const next = await nextModule((response, { headers }) => {
      got.push([headers.accept, headers['agento-progress']]);
      openEventStream(response).end(['run.finished', '{"output":{"final":true}}']);
    });
    const { app } = await tiny(async () => 'n', { nextUrl: next.replace(/\/run$/, '') });

    const { payload } = await app.inject({
      method: 'POST',
      url: '/run',
      headers: { accept, ...(progress && { 'agento-progress': progress }) },
      payload: { goal: 'g' },
    });

    expect(got).toEqual([['text/event-stream', asked]]);
    expect(payload).toContain('{"final":true}');
  });

  test('is told the end alone, with the comments, where it asks for no progress.', async () => {
    const { app } = await tiny(async () => 'n');

    const { payload } = await app.inject({
      method: 'POST',
      url: '/run',
      headers: { accept: 'text/event-stream', 'agento-progress': 'none' },
      payload: { goal: 'g' },
    });

    expect(payload).toMatch(/^: the run begins\n\n/);
    expect(eventsOf(payload)).toEqual([['run.finished', { output: expect.objectContaining({ note: 'n' }) }]]);
  });

  test('begins only after the run of this module has ended.', async () => {
    let ended: string[] = [];
    const next = await nextModule((response) => {
      ended = spans().map(({ name }) => name);
      const stream = openEventStream(response);
      stream.send('run.finished', '{"output":{}}');
      stream.end();
    });

    await runBefore(next);

    expect(ended).toContain('run_module_1');
  });
});
