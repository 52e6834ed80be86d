import { afterEach, describe, expect, test } from 'vitest';
import { EndpointFailure } from '../src/chat-failures.ts';
import { askedWait } from '../src/waits.ts';
import { closeAll, goodVerdict, harness, judge } from './harness.ts';
import type { Reply } from './scripted-model.ts';

afterEach(closeAll);

const now = { 'retry-after-ms': '0' };

/** The error of a question that fails each time, with one retry at once. */
async function failing(reply: Reply) {
  const made = await harness([{ ...reply, headers: { ...now, ...reply.headers } }], {
    AGENTO_LLM_RETRIES: '1',
  });
  const error = (await judge(made.run).catch((error: unknown) => error)) as Error;
  return { ...made, error };
}

const errorOf = (error: object): Reply => ({ raw: JSON.stringify({ error }) });

describe('An answer with 200 that is none', () => {
  test.each<[string, Reply, string]>([
    ['an empty body', { raw: '' }, 'without a body'],
    ['blanks', { raw: ' \n ' }, 'without a body'],
    [
      'HTML',
      { raw: '<html><title>Gateway</title></html>' },
      'with HTML instead of JSON after 2 attempts: Gateway',
    ],
    [
      'events',
      { raw: 'data: {"choices":[]}\n\ndata: [DONE]\n\n' },
      'with server-sent events instead of JSON',
    ],
    ['half of its JSON', { raw: '{"choices":[{"message":{"content":"' }, 'with incomplete or invalid JSON'],
    ['a list', { raw: '[]' }, 'without a message'],
    ['a text', { raw: '"yes"' }, 'without a message'],
    ['null', { raw: 'null' }, 'without a message'],
    ['choices: []', { raw: '{"choices":[]}' }, 'without a message'],
    ['choices: {}', { raw: '{"choices":{}}' }, 'without a message'],
    ['a message that is a text', { raw: '{"choices":[{"message":"text"}]}' }, 'without a message'],
  ])('(%s) is asked for again, and unavailable when it comes each time.', async (_what, reply, says) => {
    const { error, model } = await failing(reply);

    expect(error).toMatchObject({ code: 'model_unavailable' });
    expect(error.message).toContain(`The model's endpoint answered ${says}`);
    expect(model.bodies).toHaveLength(2);
  });

  test('(204) is asked for again, and the answer counts.', async () => {
    const { model, run, span } = await harness([
      { status: 204, raw: '', headers: now },
      { content: goodVerdict },
    ]);

    expect(await judge(run)).toEqual(goodVerdict);
    expect(model.bodies).toHaveLength(2);
    expect(span('chat small-1').events).toMatchObject([
      {
        name: 'agento.llm.retry',
        attributes: { attempt: 1, status: 502, error: 'UnusableAnswer', delay_ms: 0 },
      },
    ]);
  });

  test.each<[string, Reply, string, number]>([
    ['overloaded_error', errorOf({ message: 'x', type: 'overloaded_error' }), 'with an error (503)', 2],
    ['no code', errorOf({ message: 'x' }), 'with an error (502)', 2],
    [
      'a text',
      { raw: '{"error":"model is loading"}' },
      'with an error (502) after 2 attempts: model is loading',
      2,
    ],
    [
      'a list',
      { raw: '[{"error":{"code":503,"message":"busy"}}]' },
      'with an error (503) after 2 attempts: busy',
      2,
    ],
    [
      'a choice',
      { raw: '{"choices":[{"error":{"code":502,"message":"upstream"}}]}' },
      'with an error (502) after 2 attempts: upstream',
      2,
    ],
    ['401', errorOf({ message: 'bad key', code: 401 }), 'with an error (401): bad key', 1],
    [
      'invalid_api_key',
      errorOf({ message: 'bad key', code: 'invalid_api_key' }),
      'with an error (401): bad key',
      1,
    ],
    [
      'model_not_found',
      errorOf({ message: 'x', type: 'invalid_request_error', code: 'model_not_found' }),
      'with an error (404)',
      1,
    ],
  ])('but an error (%s) counts as the status it means.', async (_what, reply, says, calls) => {
    const { error, model } = await failing(reply);

    expect(error.message).toContain(`The model's endpoint answered ${says}`);
    expect(error).toMatchObject({ code: calls === 1 ? 'model_rejected' : 'model_unavailable' });
    expect(model.bodies).toHaveLength(calls);
  });

  test.each<[string, Reply]>([
    ['429', errorOf({ message: 'slow down', code: 429 })],
    ['"429"', errorOf({ message: 'slow down', code: '429' })],
    ['rate_limit_exceeded', errorOf({ message: 'slow down', code: 'rate_limit_exceeded' })],
  ])(
    'but an error (%s) that means 429 is waited for, until the call has no time left.',
    async (_what, reply) => {
      const { run } = await harness([{ ...reply, headers: now }], { AGENTO_LLM_TIMEOUT_MS: '300' });

      await expect(judge(run)).rejects.toMatchObject({
        code: 'model_timeout',
        message: expect.stringMatching(/; its last response was 429: slow down$/),
      });
    },
  );

  test('in an encoding nobody knows is rejected at once.', async () => {
    const { error, model } = await failing({ raw: 'abc', headers: { 'content-encoding': 'rot13' } });

    expect(error).toMatchObject({
      code: 'model_rejected',
      message: "The model's endpoint answered in an unknown content encoding",
    });
    expect(model.bodies).toHaveLength(1);
  });
});

describe('What the server says of its failure', () => {
  test.each<[string, string, string]>([
    ['error.message', '{"error":{"message":"no such thing"}}', 'no such thing'],
    ['a text', '{"error":"no such thing"}', 'no such thing'],
    ['detail', '{"detail":"no such thing"}', 'no such thing'],
    ['detail[].msg', '{"detail":[{"loc":["body","x"],"msg":"no such thing"}]}', 'body.x: no such thing'],
    ['message', '{"object":"error","message":"no such thing","code":400}', 'no such thing'],
    ['a page', '<h1>no such\n<b>thing</b></h1>', 'no such thing'],
    ['plain text', 'no such thing', 'no such thing'],
  ])('stands in the error: %s.', async (_where, raw, words) => {
    const { error } = await failing({ status: 400, raw });

    expect(error.message).toBe(`The model's endpoint rejected the request with 400: ${words}`);
  });

  test('is one bounded line without secrets.', async () => {
    const key = `sk-proj-${'aB3dE5gH7jK9'.repeat(4)}`;
    const { error } = await failing({ status: 401, raw: `bad key ${key}\n${'x'.repeat(100_000)}` });

    expect(error.message).not.toContain(key);
    expect(error.message).toMatch(
      /^The model's endpoint rejected the request with 401: bad key [^\n]{1,300}…$/,
    );
  });
});

describe('Whether and when a call is made again', () => {
  test.each<[string, Reply, number]>([
    ['x-should-retry: true', { status: 400, headers: { 'x-should-retry': 'true' } }, 2],
    ['x-should-retry: false', { status: 500, headers: { 'x-should-retry': 'false' } }, 1],
    ['insufficient_quota', { status: 429, error: { code: 'insufficient_quota' } }, 1],
    ['insufficient_quota in 200', errorOf({ message: 'x', code: 'insufficient_quota' }), 1],
  ])('is decided by %s.', async (_what, reply, calls) => {
    const { model } = await failing(reply);

    expect(model.bodies).toHaveLength(calls);
  });

  test('A quota that is used up is rejected, and said to be.', async () => {
    const { error } = await failing({
      status: 429,
      error: { message: 'You exceeded it', code: 'insufficient_quota' },
    });

    expect(error).toMatchObject({
      code: 'model_rejected',
      message: "The model's endpoint rejected the request with 429 (quota exhausted): You exceeded it",
    });
  });

  test.each<[string, Record<string, string>, number]>([
    ['retry-after-ms before retry-after', { 'retry-after-ms': '12.4', 'retry-after': '30' }, 13],
    ['retry-after where the other is broken', { 'retry-after-ms': 'soon', 'retry-after': '0.02' }, 20],
  ])('is told by %s.', async (_what, headers, delay_ms) => {
    const { run, span } = await harness([{ status: 429, headers }, { content: goodVerdict }]);

    await judge(run);

    expect(span('chat small-1').events).toMatchObject([{ attributes: { delay_ms } }]);
  });

  test('No endpoint makes a call wait for longer than a minute.', () => {
    const headers = new Headers({ 'retry-after': '86400' });

    expect(askedWait(new EndpointFailure(null, 429, { headers }))).toBe(60_000);
  });
});
