import { afterEach, describe, expect, test } from 'vitest';
import { closeAll, evaluator, goodVerdict, harness, judge } from './harness.ts';
import type { Reply } from './scripted-model.ts';

afterEach(closeAll);

/** The error of a question that fails, and the names of the spans that ended with it. */
async function failing(script: Reply[], env: NodeJS.ProcessEnv = {}) {
  const made = await harness(script, env);
  const error: unknown = await judge(made.run).then(
    () => null,
    (error: unknown) => error,
  );
  return { ...made, error, chat: made.span('chat small-1'), step: made.span('expansion_evaluation') };
}

describe('A model that fails', () => {
  test('with 500 is asked again as often as is set, each retry stands on its span, then the step fails as model_unavailable.', async () => {
    const { error, model, chat, step } = await failing([{ status: 500 }], { AGENTO_LLM_RETRIES: '1' });

    const message = "The model's endpoint answered 500 after 2 attempts: scripted";
    expect(error).toMatchObject({
      code: 'model_unavailable',
      message,
      failedStep: {
        step: 'expansion_evaluation',
        agent_name: 'ItemEvaluator',
        span_id: step.spanId,
        prompt_sha256: evaluator.prompt.sha256,
      },
    });
    expect(model.bodies).toHaveLength(2);
    expect(chat.events.map(({ name }) => name)).toEqual(['agento.llm.retry', 'exception']);
    expect(chat.events[0]?.attributes).toEqual({
      attempt: 1,
      status: 500,
      error: 'InternalServerError',
      delay_ms: expect.any(Number),
    });
    for (const span of [chat, step]) {
      expect(span.status).toEqual({ code: 'ERROR', message });
      expect(span.attributes['error.type']).toBe('model_unavailable');
    }
  });

  test('with 401 is not asked again: the request was rejected.', async () => {
    const { error, model, chat } = await failing([{ status: 401 }]);

    expect(error).toMatchObject({
      code: 'model_rejected',
      message: "The model's endpoint rejected the request with 401: scripted",
    });
    expect(model.bodies).toHaveLength(1);
    expect(chat.events.map(({ name }) => name)).toEqual(['exception']);
  });

  test('with a redirect is not followed with the key, and says what to set.', async () => {
    const { error, model } = await failing([
      { status: 308, headers: { location: 'https://moved.example/v1' } },
    ]);

    expect(error).toMatchObject({
      code: 'model_rejected',
      message:
        "The model's endpoint redirects to https://moved.example/v1 (308): set OPENAI_BASE_URL to its final address",
    });
    expect(model.bodies).toHaveLength(1);
  });

  test.each<[string, Reply, string]>([
    [
      'the context is too small',
      {
        status: 400,
        error: {
          message:
            'request (1147 tokens) exceeds the available context size (1024 tokens), try increasing it',
        },
      },
      '400: request (1147 tokens) exceeds the available context size (1024 tokens), try increasing it',
    ],
    ['a page', { status: 401, raw: '<html><h1>Sign in</h1>\n<p>first</p></html>' }, '401: Sign in first'],
  ])('says why in its message: %s.', async (_what, reply, told) => {
    const { error, model } = await failing([reply]);

    expect(error).toMatchObject({
      code: 'model_rejected',
      message: `The model's endpoint rejected the request with ${told}`,
    });
    expect(model.bodies).toHaveLength(1);
  });

  test.each([400, 403, 404, 422])('with %i is not asked again either.', async (status) => {
    const { error, model } = await failing([{ status }]);

    expect(error).toMatchObject({ code: 'model_rejected' });
    expect(model.bodies).toHaveLength(1);
  });

  test('with 429 and Retry-After is asked again after that time, and the answer counts.', async () => {
    const { model, run, span } = await harness([
      { status: 429, headers: { 'retry-after': '0.3' } },
      { content: goodVerdict },
    ]);

    expect(await judge(run)).toEqual(goodVerdict);

    const [first = 0, second = 0] = model.times;
    expect(second - first).toBeGreaterThan(250);
    expect(span('chat small-1').events).toEqual([
      {
        name: 'agento.llm.retry',
        attributes: { attempt: 1, status: 429, error: 'RateLimitError', delay_ms: 300 },
      },
    ]);
    expect(span('chat small-1').status).toEqual({ code: 'UNSET' });
  });

  test('with 503 and a date as Retry-After that has passed is asked again at once.', async () => {
    const { run, span } = await harness([
      { status: 503, headers: { 'retry-after': new Date(Date.now() - 500).toUTCString() } },
      { content: goodVerdict },
    ]);

    await judge(run);

    expect(span('chat small-1').events[0]?.attributes).toMatchObject({ status: 503 });
  });

  test.each<[string, Reply, string]>([
    ['before its headers', { fault: 'stall' }, ''],
    ['in the middle of its answer', { fault: 'stall-after-headers', content: goodVerdict }, ''],
    [
      'between retries',
      { status: 429, headers: { 'retry-after': '50' } },
      '; its last response was 429: scripted',
    ],
  ])('by stalling %s ends as model_timeout when its time is over.', async (_where, reply, before) => {
    const { error, chat, step } = await failing([reply], { AGENTO_LLM_TIMEOUT_MS: '400' });

    const message = `The model did not answer within 400 ms, the time limit of one call (AGENTO_LLM_TIMEOUT_MS)${before}`;
    expect(error).toMatchObject({ code: 'model_timeout', message });
    expect(chat.status).toEqual({ code: 'ERROR', message });
    expect(step.attributes['error.type']).toBe('model_timeout');
  });

  test('by breaking off its answer is asked again, and is unavailable when it does so each time.', async () => {
    const cut: Reply = { fault: 'cut', content: goodVerdict };
    const recovered = await harness([cut, { content: goodVerdict }]);
    expect(await judge(recovered.run)).toEqual(goodVerdict);

    const { error, model } = await failing([cut], { AGENTO_LLM_RETRIES: '1' });

    expect(error).toMatchObject({
      code: 'model_unavailable',
      message: "The model's endpoint could not be reached or closed the connection after 2 attempts",
    });
    expect(model.bodies).toHaveLength(2);
  });

  test('by not being there is unavailable.', async () => {
    const made = await harness([]);
    await made.model.close();

    await expect(judge(made.run)).rejects.toMatchObject({ code: 'model_unavailable' });
  });

  test('by refusing is not asked to repair that.', async () => {
    const { error, model, chat, step } = await failing([
      { message: { refusal: 'I cannot help with that.' } },
    ]);

    expect(error).toMatchObject({ code: 'model_refused', message: 'The model declined to answer' });
    expect(model.bodies).toHaveLength(1);
    expect(step.attributes['error.type']).toBe('model_refused');
    expect(chat.attributes['gen_ai.output.messages']).toContain('I cannot help with that.');
  });
});

describe('A run that is given up', () => {
  test('ends its request to the model, and its spans say cancelled.', async () => {
    const { model, run, stop, spans } = await harness([{ fault: 'stall' }]);
    const asked = judge(run).catch((error: unknown) => error);
    await expect.poll(() => model.bodies).toHaveLength(1);

    stop.abort(new Error('The caller left'));

    expect(await asked).toMatchObject({ name: 'Cancelled', message: 'The caller left' });
    await expect.poll(() => model.left()).toBe(1);
    expect(
      spans().map(({ name, status, attributes }) => [name, status.code, attributes['error.type']]),
    ).toEqual([
      ['chat small-1', 'ERROR', 'cancelled'],
      ['expansion_evaluation', 'ERROR', 'cancelled'],
    ]);
  });

  test('does not wait for the next retry.', async () => {
    const { model, run, stop, span } = await harness([{ status: 503, headers: { 'retry-after': '60' } }]);
    const asked = judge(run).catch((error: unknown) => error);
    await expect.poll(() => model.bodies).toHaveLength(1);

    stop.abort(new Error('The caller left'));

    expect(await asked).toMatchObject({ name: 'Cancelled' });
    expect(model.bodies).toHaveLength(1);
    expect(span('chat small-1').attributes['error.type']).toBe('cancelled');
  });

  test('asks nothing more and makes no span.', async () => {
    const { model, run, stop, spans, events } = await harness([{ content: goodVerdict }]);
    stop.abort();

    await expect(judge(run)).rejects.toMatchObject({ name: 'Cancelled' });

    expect([model.bodies, spans(), events]).toEqual([[], [], []]);
  });
});
