import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { expect, test } from 'vitest';
import { type EventStream, openEventStream } from '../src/event-stream.ts';

/** What a client gets of the stream that the work writes. */
async function streamOf(work: (stream: EventStream) => void, keepAliveMs?: number): Promise<Response> {
  const server = createServer((_request, response) => work(openEventStream(response, keepAliveMs)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const text = await response.text();
  server.closeAllConnections();
  server.close();
  return new Response(text, response);
}

test('Events are written as the standard says: a name, one line of data, an empty line.', async () => {
  const response = await streamOf((stream) => {
    stream.send('step.started', '{"module":1}');
    stream.send('run.finished', '{"output":"a\\nb"}');
    stream.end();
  });

  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  expect(await response.text()).toBe(
    ': the run begins\n\nevent: step.started\ndata: {"module":1}\n\nevent: run.finished\ndata: {"output":"a\\nb"}\n\n',
  );
});

test('A reader of such streams gets the events, and not the comments.', async () => {
  const response = await streamOf((stream) => {
    stream.send('step.started', '{"goal":"🛠️ \\u2028"}');
    stream.end();
  });

  const events: [string | undefined, unknown][] = [];
  const body = response.body?.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { event, data } of body ?? []) events.push([event, JSON.parse(data)]);

  expect(events).toEqual([['step.started', { goal: '🛠️ \u2028' }]]);
});

test('What is sent after the end is dropped without an error.', async () => {
  const response = await streamOf((stream) => {
    stream.end();
    stream.send('late', '{}');
  });

  expect(await response.text()).toBe(': the run begins\n\n');
});

test('Events that follow each other soon are written together, one after a silence at once.', async () => {
  const chunks: string[] = [];
  const server = createServer((_request, response) => {
    const write = response.write.bind(response);
    response.write = ((chunk: string) => {
      chunks.push(chunk);
      return write(chunk);
    }) as typeof response.write;
    const stream = openEventStream(response);
    stream.send('first', '1');
    // Once the first has left, the others come in turns of their own.
    const begun = setInterval(() => {
      if (chunks.length < 2) return;
      clearInterval(begun);
      stream.send('second', '2');
      setImmediate(() => {
        stream.send('third', '3');
        setTimeout(() => stream.end(), 500);
      });
    }, 1);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)).text();
  server.closeAllConnections();
  server.close();

  expect(chunks).toEqual([
    ': the run begins\n\n',
    'event: first\ndata: 1\n\n',
    'event: second\ndata: 2\n\nevent: third\ndata: 3\n\n',
  ]);
});

test('While nothing happens a comment keeps the connection alive.', async () => {
  const response = await streamOf((stream) => setTimeout(stream.end, 100), 10);

  expect(await response.text()).toMatch(/^: the run begins\n\n(: still running\n\n)+$/);
});
