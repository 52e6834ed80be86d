import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createModelClient, readModelSettings } from '../src/index.ts';
import { closeAll, harness } from './harness.ts';

afterEach(closeAll);

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
      models.chat({ model: 'm', messages: message, runId: 'r', key: `k${index}`, signal }),
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
    await expect(models.chat({ model: 'm', messages: message, runId: 'r', key: 'k', signal })).rejects.toMatchObject({
      code: 'model_timeout',
      message: 'The model did not answer within 300 ms, the limit set by AGENTO_LLM_TIMEOUT_MS',
    });
    await Promise.all([models.close(), server.close()]);
  });
});

describe('The limit of an answer', () => {
  const ask = async (env: NodeJS.ProcessEnv) => {
    const { model, run } = await harness([{ content: '{"a": "b', finishReason: 'length' }], env);
    const { json } = await run.models.chat({
      model: 'm',
      messages: message,
      schema: { name: 's', schema: { type: 'object' } },
      maxTokens: 700,
      key: 'k',
      signal: run.signal,
    });
    return [model.bodies[0]?.max_completion_tokens, json];
  };

  test('is its own, and named where the answer was cut off.', async () => {
    const fault = 'the JSON was cut off: answer more briefly';
    expect(await ask({})).toEqual([
      700,
      { fault: `${fault} (this step has 700 tokens; AGENTO_MAX_TOKENS sets another limit)` },
    ]);
    expect(await ask({ AGENTO_MAX_TOKENS: '50' })).toEqual([
      50,
      { fault: `${fault} (AGENTO_MAX_TOKENS allows 50 tokens)` },
    ]);
  });
});
