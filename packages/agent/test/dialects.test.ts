import { afterEach, describe, expect, test } from 'vitest';
import { closeAll, goodVerdict, harness, judge } from './harness.ts';
import { formats, type Reply } from './scripted-model.ts';

afterEach(closeAll);

const detail = (loc: string[], msg: string): Reply => ({
  status: 422,
  raw: JSON.stringify({ detail: [{ loc, msg }] }),
});
const error = (status: number, message: string): Reply => ({ status, error: { message } });

describe('An endpoint that refuses a JSON schema', () => {
  test.each<[string, Reply]>([
    ['422 of a field', detail(['body', 'response_format'], 'Extra inputs are not permitted')],
    [
      '422 of a value',
      detail(['body', 'response_format', 'type'], "Input should be 'text' or 'json_object'"),
    ],
    ['400 of a grammar', error(400, 'failed to parse grammar')],
    ['400 not supported by', error(400, 'json_schema is not supported by this model')],
    ['400 unnamed', error(400, 'This feature is not supported by the provider')],
    ['400 in words', error(400, 'This model does not support response format `json_schema`')],
    ['400 of a parameter', error(400, 'Unknown parameter: response_format')],
    ['400 of a type', error(400, 'This response_format type is unavailable now')],
    ['500 of a conversion', error(500, 'JSON schema conversion failed: unsupported keyword')],
    ['501', error(501, 'structured outputs are not implemented')],
  ])('(%s) is asked in JSON mode at once, and from then on.', async (_how, refusal) => {
    const { model, run } = await harness((body) =>
      body.response_format?.type === 'json_schema' ? refusal : { content: goodVerdict },
    );

    await judge(run);
    await judge(run);

    expect(formats(model.bodies)).toEqual(['call', 'static', 'json_object', 'json_object']);
  });

  test('and JSON mode as well is asked by the prompt alone, and from then on.', async () => {
    const { model, run, span } = await harness((body) =>
      body.response_format ? error(400, "'response_format.type' is not supported") : { content: goodVerdict },
    );

    await judge(run);
    expect(model.bodies.at(-1)?.messages[0]?.content).toContain('## Schema');
    await judge(run);

    expect(formats(model.bodies)).toEqual(['call', 'static', 'json_object', 'none', 'none']);
    expect(() => span('chat small-1')).toThrow('5 spans');
  });

  test('is found out by one call: those beside it wait for what it finds.', async () => {
    const { model, run } = await harness((body) =>
      body.response_format
        ? { ...error(400, 'response_format is not supported'), delayMs: 30 }
        : { content: goodVerdict },
    );

    await Promise.all(Array.from({ length: 10 }, () => judge(run)));

    expect(formats(model.bodies).filter((format) => format !== 'none')).toEqual([
      'call',
      'static',
      'json_object',
    ]);
  });

  test('is remembered by model.', async () => {
    const { model, run } = await harness(
      (body) =>
        body.model === 'small-1' && body.response_format?.type === 'json_schema'
          ? error(400, 'json_schema is not supported')
          : { content: goodVerdict },
      {},
    );
    const settings = { ...run.models.settings, modelOf: () => 'large-1' };

    await judge(run);
    await judge({ ...run, models: { ...run.models, settings } });

    expect(formats(model.bodies)).toEqual(['call', 'static', 'json_object', 'call']);
  });
});

describe('An endpoint that knows the limit of tokens by its old name', () => {
  test.each([
    ["Unsupported parameter: 'max_completion_tokens'. Use 'max_tokens' instead."],
    ['Unrecognized request argument supplied: max_completion_tokens'],
    ['max_completion_tokens: Extra inputs are not permitted'],
  ])('(%s) is told it so, from then on.', async (message) => {
    const { model, run } = await harness(
      (body) => ('max_completion_tokens' in body ? error(400, message) : { content: goodVerdict }),
      { AGENTO_MAX_TOKENS: '900' },
    );

    await judge(run);
    await judge(run);

    expect(
      model.bodies.map(({ max_tokens, max_completion_tokens }) => [max_tokens, max_completion_tokens]),
    ).toEqual([
      [undefined, 900],
      [900, undefined],
      [900, undefined],
    ]);
    expect(new Set(formats(model.bodies))).toEqual(new Set(['call']));
  });
});

describe('A refusal of something else', () => {
  test.each<[string, Reply]>([
    ['the key', error(401, 'Incorrect API key provided')],
    ['the length', error(400, "This model's maximum context length is 8192 tokens")],
    ['the model', error(404, 'The model `small-1` does not exist')],
    ['the temperature', error(400, "Unsupported value: 'temperature' does not support 0.2 with this model.")],
    ['the limit', error(400, 'max_completion_tokens is too large: 900')],
    ['nothing named', error(400, 'Bad request')],
  ])('(%s) is not asked otherwise, and is told as it is.', async (_what, refusal) => {
    const { model, run } = await harness([refusal], { AGENTO_MAX_TOKENS: '900' });

    await expect(judge(run)).rejects.toMatchObject({ code: 'model_rejected' });
    expect(model.bodies).toHaveLength(1);
  });

  test('that looks like one of the format ends after four requests, and the next call begins anew.', async () => {
    const { model, run } = await harness([error(400, 'schema is not supported')]);

    for (let call = 0; call < 2; call += 1) {
      await expect(judge(run)).rejects.toMatchObject({
        message: "The model's endpoint rejected the request with 400: schema is not supported",
      });
    }
    const four = ['call', 'static', 'json_object', 'none'];
    expect(formats(model.bodies)).toEqual([...four, ...four]);
  });
});
