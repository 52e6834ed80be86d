import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { createMemoryJournal, createModelClient, readModelSettings } from '../src/index.ts';

const good = JSON.stringify({ choices: [{ message: { content: 'Done.' } }] });

/** A server that answers one request at a time, 150 ms each; the ones behind it wait. */
async function oneSlot(replies: (number: number) => boolean = () => true) {
  let last: Promise<void> = Promise.resolve();
  let number = 0;
  const server = createServer((request, response) => {
    request.resume();
    if (!replies(number++)) return;
    last = last
      .then(() => new Promise((resolve) => setTimeout(resolve, 150)))
      .then(() => void response.end(good));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

const message = [{ role: 'user' as const, content: 'q' }];

describe('A server with one slot', () => {
  test('may take longer for all calls than one of them may.', async () => {
    const server = await oneSlot();
    const models = createModelClient(
      readModelSettings({
        OPENAI_BASE_URL: server.url,
        AGENTO_LLM_TIMEOUT_MS: '600',
        AGENTO_LLM_RETRIES: '0',
      }),
    );
    const { signal } = new AbortController();
    const calls = Array.from({ length: 10 }, (_, index) =>
      models.chat({
        model: 'm',
        messages: message,
        runId: 'r',
        key: `k${index}`,
        signal,
        journal: createMemoryJournal(),
        begin: () => {},
      }),
    );

    expect(await Promise.all(calls)).toHaveLength(10);
    await Promise.all([models.close(), server.close()]);
  });

  test('that answers nothing more is given up, with the variable that says when.', async () => {
    const server = await oneSlot(() => false);
    const models = createModelClient(
      readModelSettings({
        OPENAI_BASE_URL: server.url,
        AGENTO_LLM_TIMEOUT_MS: '300',
        AGENTO_LLM_RETRIES: '0',
      }),
    );
    const { signal } = new AbortController();
    await expect(
      models.chat({
        model: 'm',
        messages: message,
        runId: 'r',
        key: 'k',
        signal,
        journal: createMemoryJournal(),
        begin: () => {},
      }),
    ).rejects.toMatchObject({
      code: 'model_timeout',
      message: 'The model did not answer within 300 ms, the time limit of one call (AGENTO_LLM_TIMEOUT_MS)',
    });
    await Promise.all([models.close(), server.close()]);
  });
});
