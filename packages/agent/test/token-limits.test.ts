import { afterEach, describe, expect, test } from 'vitest';
import { closeAll, goodVerdict, harness, judge } from './harness.ts';
import { formats, type Reply, type RequestBody } from './scripted-model.ts';

afterEach(closeAll);

const error = (status: number, message: string): Reply => ({ status, error: { message } });

describe('The limit of an answer’s tokens', () => {
  const limits = (bodies: RequestBody[]) =>
    bodies.map(({ max_completion_tokens, max_tokens }) => max_completion_tokens ?? max_tokens ?? null);
  /** Refuses a limit over the one it has, with these words. */
  const upTo =
    (most: number, status: number, message: string) =>
    (body: RequestBody): Reply =>
      Number(body.max_completion_tokens ?? 0) > most ? error(status, message) : { content: goodVerdict };

  test.each<[number, string, number | null]>([
    [400, 'max_tokens is too large: maximum 1024', 1024],
    [
      400,
      'max_tokens is too large: 4096. This model supports at most 1024 completion tokens, whereas you provided 4096.',
      1024,
    ],
    [
      400,
      'max_tokens: 4096 > 1024, which is the maximum allowed number of output tokens for claude-3-haiku-20240307',
      1024,
    ],
    [400, 'Invalid max_tokens value, the valid range of max_tokens is [1, 1024]', 1024],
    [
      402,
      'This request requires more credits, or fewer max_tokens. You requested up to 4096 tokens, but can only afford 1,024.',
      1024,
    ],
    [422, 'max_completion_tokens: must be less than or equal to the maximum of this model', null],
    [
      400,
      "'max_tokens' is too large: 4096. This model's maximum context length is 4000 tokens and your request has 1147 input tokens (4096 > 4000 - 1147).",
      null,
    ],
    [413, 'Request too large for model `x` on tokens per minute (TPM): Limit 1000, Requested 5243', null],
  ])('that is refused with %i %s is %s from then on.', async (status, message, limit) => {
    const { model, run } = await harness(upTo(limit ?? 0, status, message));

    await judge(run);
    await judge(run);

    expect(limits(model.bodies)).toEqual([4096, limit, limit]);
    expect(new Set(formats(model.bodies))).toEqual(new Set(['call']));
  });

  test('is left out where the number that was named is refused as well.', async () => {
    const { model, run } = await harness(upTo(0, 400, 'max_tokens is too large: at most 1024'));

    await judge(run);

    expect(limits(model.bodies)).toEqual([4096, 1024, null]);
  });

  test('that the user set is lowered as far as it must be, and never left out.', async () => {
    const env = { AGENTO_MAX_TOKENS: '2000' };
    const lowered = await harness(upTo(1024, 400, 'max_tokens is too large: at most 1024'), env);
    await judge(lowered.run);
    const refused = await harness(upTo(0, 400, 'max_tokens is too large'), env);

    await expect(judge(refused.run)).rejects.toMatchObject({ code: 'model_rejected' });
    expect([limits(lowered.model.bodies), limits(refused.model.bodies)]).toEqual([[2000, 1024], [2000]]);
  });

  test('is left out last where an endpoint does not say what it does not know.', async () => {
    const { model, run } = await harness((body) =>
      'max_completion_tokens' in body ? error(400, 'Unknown field in request') : { content: goodVerdict },
    );

    await judge(run);

    expect(formats(model.bodies)).toEqual(['call', 'static', 'json_object', 'none', 'none']);
    expect(limits(model.bodies)).toEqual([4096, 4096, 4096, 4096, null]);
  });

  test.each([
    [{ output: 4096 }, 'the answer was cut off at its limit of 4096 tokens: set AGENTO_MAX_TOKENS higher'],
    [
      { output: 900 },
      "the answer was cut off by the endpoint's own limit of tokens, or the model's context is full",
    ],
  ])(
    'that an answer with %o tokens reached is named to those who can raise it.',
    async ({ output }, says) => {
      const cut: Reply = {
        content: '{"reasoning": "It',
        finishReason: 'length',
        completion: { usage: { prompt_tokens: 1, completion_tokens: output } },
      };
      const { model, run } = await harness([cut]);

      await expect(judge(run)).rejects.toMatchObject({
        message: `The answer was still invalid after one repair: / ${says}`,
      });
      expect(model.bodies[1]?.messages.at(-1)?.content).toContain(
        'the JSON was cut off: answer more briefly',
      );
    },
  );
});
