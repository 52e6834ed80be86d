import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { step } from '@agento/agent';
import { codeStep } from '@agento/contracts';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { readEvents } from '../src/runs/run-events.ts';
import { endIfStuck } from '../src/stuck.ts';
import { closeAll, eventsOf, nextModule, runId, type Tiny, type TinyWork, tiny } from './harness.ts';

afterEach(closeAll);

const noting = codeStep({ name: 'plan_draft', kind: 'planning', times: 'run' });
const steps = 600;

/** Tells some 30 MB of events. */
const talkative: TinyWork = async (run) => {
  for (let count = 1; count <= steps; count += 1)
    await step(run, noting, {}, async ({ finish }) =>
      finish({ summary: `${count} ${'wörd '.repeat(10_000)}`, attributes: {} }),
    );
  return 'told';
};

const later = ({ app }: Tiny, payload = { goal: 'g', run_id: runId }) =>
  app.inject({ method: 'POST', url: '/run', headers: { prefer: 'respond-async' }, payload });
const stateOf = async ({ app }: Tiny) => (await app.inject(`/runs/${runId}`)).json().state;

/** Asks over a connection of its own, and reads nothing yet. */
async function ask(url: string): Promise<IncomingMessage> {
  const asked = get(url, { agent: false });
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return response.on('error', () => {});
}

/** Asks for the events of the run; also the response on the side of the service. */
async function follow(made: Tiny, address: string): Promise<[IncomingMessage, ServerResponse]> {
  const served = once(made.app.server, 'request');
  const response = await ask(address.replace(/\/run$/, `/runs/${runId}/events`));
  const [, own] = (await served) as [unknown, ServerResponse];
  return [response, own];
}

describe('A reader of events that does not read', () => {
  test('has little of them in the memory of the service, and all when it reads on.', async () => {
    const made = await tiny(talkative);
    const address = await made.listen();
    await later(made);
    await expect.poll(() => stateOf(made)).toBe('finished');

    const [reader, own] = await follow(made, address);
    await expect.poll(() => own.writableNeedDrain).toBe(true);
    await delay(300);
    expect(own.writableLength).toBeLessThan(1_000_000);

    const told = eventsOf(await text(reader));
    const summaries = told.map(([, data]) => (data as { summary?: string }).summary ?? '');
    const numbers = summaries.filter((summary) => summary.endsWith('wörd ')).map(Number.parseFloat);
    expect(numbers).toEqual(Array.from({ length: steps }, (_, index) => index + 1));
    expect(told.at(-1)?.[0]).toBe('run.finished');
  }, 60_000);

  test('does not keep a service from stopping.', async () => {
    const made = await tiny(talkative);
    const address = await made.listen();
    await later(made);
    await expect.poll(() => stateOf(made)).toBe('finished');
    const [, own] = await follow(made, address);
    await expect.poll(() => own.writableNeedDrain).toBe(true);

    await made.executions.stop(0);
    await made.app.close();

    expect(own.destroyed).toBe(true);
  }, 60_000);
});

describe('A connection', () => {
  /** What becomes of a response of 20 MB whose reader does as it is told. */
  async function served(read: (response: IncomingMessage) => void, answer: (own: ServerResponse) => void) {
    const closed = Promise.withResolvers<boolean>();
    const server = createServer((_request, own) => {
      endIfStuck(own, 200);
      own.once('close', () => closed.resolve(own.writableFinished));
      answer(own);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const response = await ask(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    read(response);
    const isComplete = await closed.promise;
    server.closeAllConnections();
    server.close();
    return isComplete;
  }
  const much = (own: ServerResponse) => own.end('x'.repeat(20_000_000));

  test('whose caller takes nothing of its response is ended.', async () => {
    expect(await served(() => {}, much)).toBe(false);
  });

  test('whose caller reads slowly is not.', async () => {
    const slowly = async (response: IncomingMessage) => {
      for await (const _ of response) await delay(2);
    };
    expect(await served((response) => void slowly(response), much)).toBe(true);
  });

  test('whose caller waits for its response is not.', async () => {
    const late = (own: ServerResponse) => {
      own.flushHeaders();
      setTimeout(() => own.end('at last'), 700);
    };
    expect(await served((response) => response.resume(), late)).toBe(true);
  });
});

test('No more readers are admitted than the runs there may be and 256; when one leaves, another is.', async () => {
  const gate = Promise.withResolvers<string>();
  const made = await tiny(() => gate.promise, { maxRuns: 1, maxQueued: 1 });
  const address = await made.listen();
  await later(made);
  const url = address.replace(/\/run$/, `/runs/${runId}/events`);
  const [first, ...others] = await Promise.all(Array.from({ length: 258 }, () => ask(url)));

  const refused = await ask(url);
  first?.destroy();

  expect([...others, refused].map(({ statusCode }) => statusCode)).toEqual([...Array(257).fill(200), 503]);
  expect(refused.headers['retry-after']).toBe('1');
  expect(JSON.parse(await text(refused))).toMatchObject({
    type: 'urn:agento:problem:busy',
    detail: 'The service already has 258 readers of events. Try again shortly.',
  });
  const another = await vi.waitFor(async () => {
    const answer = await ask(url);
    expect(answer.statusCode).toBe(200);
    return answer;
  }, 30_000);
  gate.resolve('done');
  await Promise.all([another, ...others].map(text));
});

test('Who reads slowly is told everything of later modules, although the run has ended long ago.', async () => {
  const told = Array.from(
    { length: 5 },
    (_, index) => `id: 2.${index + 1}\nevent: step.started\ndata: {}\n\n`,
  );
  const next = await nextModule(
    (response) => void response.end('event: run.finished\ndata: {"output":{},"module":2}\n\n'),
    (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      // The connection is so full that the rest is sent when the reader has taken the first.
      response.write(told[0]);
      setTimeout(
        () => response.end(`${told.slice(1).join('')}id: 2.end\nevent: run.finished\ndata: {}\n\n`),
        2_700,
      );
    },
  );
  const made = await tiny(async () => 'x', { nextUrl: next.replace(/\/run$/, '') });
  await later(made);
  await expect.poll(() => stateOf(made)).toBe('finished');
  const part = await made.service.store.part({ runId, attempt: 1, module: 1 });
  if (!part) throw new Error('It was accepted');

  const ids: string[] = [];
  for await (const { id } of readEvents(
    made.service,
    made.executions,
    part,
    '',
    new AbortController().signal,
  )) {
    ids.push(id);
    if (id === '2.1') await delay(2_500);
  }

  expect(ids.filter((id) => id.startsWith('2.'))).toEqual(['2.1', '2.2', '2.3', '2.4', '2.5']);
  expect(ids.at(-1)).toBe('1.end');
}, 15_000);
