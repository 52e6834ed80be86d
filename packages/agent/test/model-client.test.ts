import { VerdictAnswer } from '@agento/contracts';
import { afterEach, describe, expect, test } from 'vitest';
import { createMemoryJournal, createModelClient, type ModelCall, readModelSettings } from '../src/index.ts';
import { closeAll, evaluator, goodVerdict, harness, judge, runId } from './harness.ts';
import type { RequestBody } from './scripted-model.ts';

afterEach(closeAll);

describe('An endpoint that does not know JSON schemas', () => {
  const refusesSchemas = (body: RequestBody) =>
    body.response_format?.type === 'json_schema'
      ? { status: 400, error: { message: "'response_format' of type 'json_schema' is not supported" } }
      : { content: goodVerdict };

  test('is asked in JSON mode with the schema in the prompt, from then on without another try.', async () => {
    const { model, run, spans } = await harness(refusesSchemas, { AGENTO_CALL_SCHEMA: 'off' });

    expect([await judge(run), await judge(run)]).toEqual([goodVerdict, goodVerdict]);

    expect(model.bodies.map(({ response_format }) => response_format?.type)).toEqual([
      'json_schema',
      'json_object',
      'json_object',
    ]);
    const [asked, ...inJsonMode] = model.bodies;
    const schema = JSON.stringify(VerdictAnswer);
    for (const body of inJsonMode) {
      expect(body.messages).toEqual([
        {
          role: 'system',
          content: `${evaluator.prompt.text}\n\n## Schema\n\nAnswer with one JSON object that matches this JSON schema, and nothing else:\n\n${schema}`,
        },
        asked?.messages[1],
      ]);
    }
    expect(spans().map(({ name, status }) => `${name} ${status.code}`)).toEqual([
      'chat small-1 ERROR',
      'chat small-1 UNSET',
      'expansion_evaluation UNSET',
      'chat small-1 UNSET',
      'expansion_evaluation UNSET',
    ]);
  });

  test('has what it was really asked on the span of each such call.', async () => {
    const { model, run, spans } = await harness(refusesSchemas, { AGENTO_CALL_SCHEMA: 'off' });

    await judge(run);
    await judge(run);

    const chats = spans().filter(({ name }) => name.startsWith('chat'));
    for (const [index, body] of model.bodies.entries()) {
      expect(JSON.parse(String(chats[index]?.attributes['gen_ai.input.messages']))).toEqual(
        body.messages.map(({ role, content }) => ({ role, parts: [{ type: 'text', content }] })),
      );
    }
    // The step's own ai.prompt is the first call's; every call that was asked otherwise has its own.
    expect(chats.map(({ attributes }) => attributes['ai.prompt'])).toEqual([
      undefined,
      JSON.stringify(model.bodies[1]?.messages),
      JSON.stringify(model.bodies[2]?.messages),
    ]);
  });

  test('is told from one that refuses for another reason.', async () => {
    const { model, run } = await harness([{ status: 400, error: { message: 'Unknown model' } }]);

    await expect(judge(run)).rejects.toMatchObject({ code: 'model_rejected' });
    expect(model.bodies).toHaveLength(1);
  });
});

describe('What is configured', () => {
  test('Sampling parameters are sent, and recorded, only when they are set.', async () => {
    const plain = await harness([{ content: goodVerdict }]);
    await judge(plain.run);
    expect(Object.keys(plain.model.bodies[0] ?? {}).sort()).toEqual([
      'max_completion_tokens',
      'messages',
      'model',
      'response_format',
    ]);
    expect(Object.keys(plain.span('chat small-1').attributes)).not.toContain('gen_ai.request.temperature');

    const set = await harness([{ content: goodVerdict }], {
      AGENTO_TEMPERATURE: '0',
      AGENTO_SEED: '7',
      AGENTO_MAX_TOKENS: '900',
    });
    await judge(set.run);
    expect(set.model.bodies[0]).toMatchObject({ temperature: 0, seed: 7, max_completion_tokens: 900 });
    expect(set.span('chat small-1').attributes).toMatchObject({
      'gen_ai.request.temperature': 0,
      'gen_ai.request.seed': 7,
      'gen_ai.request.max_tokens': 900,
    });
  });

  test('An agent may have a model of its own.', async () => {
    const { model, run, span } = await harness([{ content: goodVerdict }], {
      AGENTO_MODEL_ITEM_EVALUATOR: 'large-1',
    });

    await judge(run);

    expect(model.bodies[0]?.model).toBe('large-1');
    expect(span('chat large-1').attributes['gen_ai.request.model']).toBe('large-1');
    expect(run.models.settings.modelOf('ItemExpander')).toBe('small-1');
  });

  test('The key is sent as a bearer token.', async () => {
    const { model, run } = await harness([{ content: goodVerdict }], { OPENAI_API_KEY: 'key-of-the-test' });

    await judge(run);

    expect(model.headers[0]?.authorization).toBe('Bearer key-of-the-test');
  });

  test('Without a key and without an endpoint there is no model to ask.', () => {
    expect(() => readModelSettings({})).toThrow(
      'OPENAI_API_KEY is not set: set it, or point OPENAI_BASE_URL at an OpenAI-compatible endpoint (`start` brings an offline model)',
    );
  });

  test.each([
    [undefined, 'openai'],
    ['https://eu.api.openai.com/v1', 'openai'],
    ['https://name.openai.azure.com/openai/v1', 'azure.ai.openai'],
    ['https://api.anthropic.com/v1', 'anthropic'],
    ['https://generativelanguage.googleapis.com/v1beta/openai', 'gcp.gemini'],
    ['https://api.mistral.ai/v1', 'mistral_ai'],
    ['https://notopenai.com/v1', 'notopenai.com'],
    ['http://localhost:11434/v1', 'localhost'],
  ])('The provider of %s is %s.', (OPENAI_BASE_URL, provider) => {
    expect(readModelSettings({ OPENAI_API_KEY: 'key', OPENAI_BASE_URL }).provider).toBe(provider);
  });

  test('A gateway may say who really answered, unless the environment names the provider.', async () => {
    const reply = { content: goodVerdict, completion: { provider: 'Together' } };
    const told = await harness([reply]);
    await judge(told.run);
    expect(told.span('chat small-1').attributes['gen_ai.provider.name']).toBe('Together');
    expect(told.span('expansion_evaluation').attributes['gen_ai.provider.name']).toBe('Together');

    const fixed = await harness([reply], { AGENTO_PROVIDER: 'own.gateway' });
    await judge(fixed.run);
    expect(fixed.span('chat small-1').attributes['gen_ai.provider.name']).toBe('own.gateway');
  });
});

describe('Calls at once', () => {
  test('are no more than is set; the others wait, and their spans say how long.', async () => {
    const { model, models, run, spans } = await harness([{ content: goodVerdict, delayMs: 60 }], {
      AGENTO_LLM_CONCURRENCY: '2',
    });

    const answers = Promise.all(Array.from({ length: 5 }, () => judge(run)));
    expect(models.load()).toEqual({ active: 2, waiting: 3, circuit: 'closed' });
    await answers;

    expect(models.load()).toEqual({ active: 0, waiting: 0, circuit: 'closed' });
    expect(model.mostOpen()).toBe(2);
    const waited = spans()
      .filter(({ name }) => name === 'chat small-1')
      .filter(({ attributes }) => Number(attributes['agento.llm.queue_ms']) >= 50);
    expect(waited.length).toBeGreaterThanOrEqual(3);
  });
});

describe('Whoever counts calls', () => {
  test('is told of each with its tokens, and of those that failed.', async () => {
    const { model, spans } = await harness([{ content: 'Yes.' }, { status: 401 }]);
    const counted: ModelCall[] = [];
    const models = createModelClient(
      readModelSettings({ OPENAI_BASE_URL: model.url, AGENTO_LLM_RETRIES: '0' }),
      (call) => counted.push(call),
    );
    const call = {
      model: 'small-1',
      messages: [],
      runId,
      key: 'k',
      signal: new AbortController().signal,
      journal: createMemoryJournal(),
      begin: () => {},
    };

    await models.chat(call);
    await models.chat({ ...call, key: 'k/call-2' }).catch(() => undefined);
    await models.close();

    const durationMs = expect.any(Number);
    const usage = { input: 100, output: 20 };
    const attributes = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': '127.0.0.1',
      'gen_ai.request.model': 'small-1',
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(model.url).port),
    };
    expect(counted).toMatchObject([
      {
        model: 'small-1',
        outcome: 'ok',
        durationMs,
        usage,
        operation: {
          attributes: { ...attributes, 'gen_ai.response.model': 'small-1-2026-01-01' },
          errorType: null,
          tokens: usage,
        },
      },
      {
        model: 'small-1',
        outcome: 'failed',
        durationMs,
        usage: null,
        operation: { attributes, errorType: 'model_rejected' },
      },
    ]);
    const ids = spans().map(({ traceId, spanId }) => ({ trace_id: traceId, span_id: spanId }));
    expect(counted.map(({ operation }) => operation.span)).toEqual(ids);
  });
});
