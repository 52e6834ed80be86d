import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { openEventStream } from '../src/event-stream.ts';
import { closeAll, eventsOf, nextModule, runBefore, runId, spans, tiny } from './harness.ts';

afterEach(closeAll);

/** A next module that ends at once. */
const finished = (response: ServerResponse) =>
  openEventStream(response).end(['run.finished', '{"output":{"title":"🛠️"},"module":2}']);

describe('The hop to the next module', () => {
  test('is made once its span is noted, since those of the next module hang below it.', async () => {
    let noted: string[] = [];
    const written: { begun?: { name: string } }[] = [];
    const next = await nextModule((response) => {
      noted = written.flatMap(({ begun }) => begun?.name ?? []);
      finished(response);
    });
    const { app, service } = await tiny(async () => 'x', { nextUrl: next.replace(/\/run$/, '') });
    const claim = service.store.claim.bind(service.store);
    service.store.claim = async (id) => {
      const lease = await claim(id);
      const append = lease?.append.bind(lease);
      if (!lease || !append) return null;
      lease.append = async (stream, data) => {
        await delay(50);
        await append(stream, data);
        if (stream === 'spans') written.push(...(data as typeof written));
      };
      return lease;
    };

    await app.inject({ method: 'POST', url: '/run', payload: { goal: 'g', run_id: runId } });

    expect(noted.slice(-2)).toEqual(['file_export', 'POST']);
  });

  test('hands the output on, asks for the end alone, and carries the trace.', async () => {
    const got: { body: unknown; headers: unknown }[] = [];
    const next = await nextModule((response, request, body) => {
      got.push({ body: JSON.parse(body), headers: request.headers });
      const stream = openEventStream(response);
      stream.send('run.finished', '{"output":{"final":true},"module":2}');
      stream.end();
    });

    const { last, hop } = await runBefore(next, { session_id: 's-1', stop_after: 2 });

    const root = spans().find(({ name }) => name === 'run_module_1');
    expect(last).toEqual(['run.finished', { output: { final: true }, module: 2 }]);
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
          'agento-progress': 'none',
          'agento-run-attempt': '1',
          traceparent: `00-${hop?.traceId}-${hop?.spanId}-03`,
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

  test('is followed by the events of the next module as they come and as they are, but for a second run.started.', async () => {
    const next = await nextModule(finished, (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const text = [
        ': a comment\n\n',
        'event: run.started\ndata: {"run_id":"x","trace_id":"y"}\n\n',
        'id: 2.1\nevent: step.started\ndata: {"module":2,"step":"plan_generation"}\n\n',
        'id: 2.2\nevent: module.finished\ndata: {"module":2,"note":"café 🛠️ </input>"}\n\n',
        'id: 2.end\nevent: run.finished\ndata: {"output":{"title":"🛠️"},"module":2}\n\n',
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
      ['run.finished', { output: { title: '🛠️' }, module: 2 }],
    ]);
    expect(events.filter(([name]) => name === 'run.started')).toHaveLength(1);
  });

  test('tells what a module after told before it broke off, and goes on after that.', async () => {
    let asked = 0;
    const release = Promise.withResolvers<void>();
    const next = await nextModule(
      async (response) => {
        await release.promise;
        finished(response);
      },
      (response) => {
        asked += 1;
        const stream = openEventStream(response);
        stream.send('step.started', `{"module":2,"step":"plan_generation_${asked}"}`, `2.${asked}`);
        if (asked === 1) return void setTimeout(() => response.destroy(), 20);
        stream.end(['run.finished', '{"output":{},"module":2}', '2.end']);
        release.resolve();
      },
    );

    const { events } = await runBefore(next);

    expect(events.slice(events.findIndex(([name]) => name === 'module.finished') + 1)).toEqual([
      ['step.started', { module: 2, step: 'plan_generation_1' }],
      ['step.started', { module: 2, step: 'plan_generation_2' }],
      ['run.finished', { output: { title: '🛠️' }, module: 2 }],
    ]);
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
    expect(eventsOf(payload)).toEqual([
      ['run.finished', { output: expect.objectContaining({ note: 'n' }), module: 1 }],
    ]);
  });

  test('begins only after the run of this module has ended.', async () => {
    let ended: string[] = [];
    const next = await nextModule((response) => {
      ended = spans().map(({ name }) => name);
      const stream = openEventStream(response);
      stream.send('run.finished', '{"output":{},"module":2}');
      stream.end();
    });

    await runBefore(next);

    expect(ended).toContain('run_module_1');
  });
});
