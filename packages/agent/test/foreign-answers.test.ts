import { afterEach, describe, expect, test } from 'vitest';
import { badVerdict, closeAll, goodVerdict, harness, judge } from './harness.ts';
import type { Reply } from './scripted-model.ts';

afterEach(closeAll);

const text = JSON.stringify(goodVerdict);
const priced = { AGENTO_PRICES: '{"small-1-2026-01-01": {"input": 10, "output": 100}}' };

/** The only answer there is: a second call would get it again. */
async function answered(reply: Reply) {
  const made = await harness([reply], { AGENTO_LLM_RETRIES: '0', ...priced });
  const verdict = await judge(made.run);
  expect(made.model.bodies).toHaveLength(1);
  return { ...made, verdict, chat: made.span('chat small-1') };
}

describe('An answer with a usable content', () => {
  test.each<[string, object]>([
    ['annotations of another kind', { annotations: [{ type: 'file', file: {} }, null, 'x'] }],
    ['annotations that are no list', { annotations: {} }],
    ['an annotation without its citation', { annotations: [{ url_citation: null }] }],
    ['tool calls that are no list', { tool_calls: {} }],
    ['tool calls that are null', { tool_calls: null }],
    ['a tool call without a function', { tool_calls: [{ id: 'x', type: 'function', function: null }] }],
    ['a tool call that is a number', { tool_calls: [7] }],
    ['a refusal of another type', { refusal: false }],
    ['a reasoning of another type', { reasoning: { text: 'so' }, reasoning_content: 12 }],
    ['a role of another type', { role: 7 }],
  ])('is used in spite of %s.', async (_what, message) => {
    const { verdict } = await answered({ content: goodVerdict, message });

    expect(verdict).toEqual(goodVerdict);
  });

  test.each<[string, object]>([
    ['an id that is a number', { id: 7 }],
    ['a model that is null', { model: null }],
    ['a provider that is an object', { provider: {} }],
    ['an error that is null', { error: null }],
  ])('is used in spite of %s.', async (_what, completion) => {
    const { verdict } = await answered({ content: goodVerdict, completion });

    expect(verdict).toEqual(goodVerdict);
  });

  test.each([
    ['one call', [{ id: 't1', type: 'function', function: { name: 'get_weather', arguments: '{}' } }]],
    [
      'two hundred calls',
      Array.from({ length: 200 }, (_, index) => ({
        id: `t${index}`,
        type: 'function',
        function: { name: 'web_search', arguments: `{"query":"${index}"}` },
      })),
    ],
  ])(
    'is used beside %s of tools that nobody offered, and says that they were ignored.',
    async (_what, calls) => {
      const { verdict, chat } = await answered({ content: goodVerdict, message: { tool_calls: calls } });

      expect(verdict).toEqual(goodVerdict);
      expect(chat.attributes['agento.answer.recovered']).toEqual(['tool_calls_ignored']);
    },
  );

  test('is used beside an image, a sound and a part of no known kind, which are recorded as what they are.', async () => {
    const bytes = Buffer.alloc(5_000, 'Ab1');
    const content = [
      { type: 'text', text },
      { type: 'hologram', depth: 3 },
    ];
    const images = [
      { type: 'image_url', image_url: { url: `data:image/png;base64,${bytes.toString('base64')}` } },
    ];
    const audio = { id: 'audio_1', data: bytes.toString('base64'), transcript: 'So be it.' };
    const { verdict, chat } = await answered({ content: goodVerdict, message: { content, images, audio } });

    expect(verdict).toEqual(goodVerdict);
    const [message] = JSON.parse(String(chat.attributes['gen_ai.output.messages']));
    const known = { content: '', size: 5_000, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) };
    expect(message.parts).toEqual([
      { type: 'text', content: text },
      { type: 'blob', modality: 'image', mime_type: 'image/png', ...known },
      { type: 'blob', modality: 'audio', ...known, transcript: 'So be it.' },
      { type: 'hologram', depth: 3 },
    ]);
  });

  test.each<[string, Record<string, string>]>([
    ['text/plain', { 'content-type': 'text/plain' }],
    ['no type', {}],
    ['text/html', { 'content-type': 'text/html; charset=utf-8' }],
    ['a type in capitals', { 'content-type': 'Application/JSON' }],
  ])('is read as JSON under %s.', async (_what, headers) => {
    const raw = JSON.stringify({ choices: [{ message: { content: text } }] });

    expect((await answered({ raw, headers })).verdict).toEqual(goodVerdict);
  });
});

describe('The usage of an answer', () => {
  test.each<[string, unknown]>([
    ['below nothing', { prompt_tokens: -1, completion_tokens: -1 }],
    ['broken', { prompt_tokens: 12.5, completion_tokens: 0.5 }],
    ['a text', { prompt_tokens: '1200', completion_tokens: '3' }],
    ['beyond all measure', { prompt_tokens: 1e308, completion_tokens: 2 }],
    ['half of it', { prompt_tokens: 12 }],
    ['null', null],
    ['missing', undefined],
    ['a list', []],
  ])('that is %s fails nothing and is unknown: no tokens and no cost of 0.', async (_what, usage) => {
    const { verdict, chat, run, events } = await answered({ content: goodVerdict, completion: { usage } });

    expect(verdict).toEqual(goodVerdict);
    expect(chat.attributes['agento.usage.unknown']).toBe(true);
    expect(Object.keys(chat.attributes).filter((name) => name.startsWith('agento.cost'))).toEqual([]);
    const tokens = Object.entries(chat.attributes).filter(([name]) => name.startsWith('gen_ai.usage.'));
    expect(tokens.map(([, count]) => count)).not.toContain(0);
    expect(run.ledger.entries()).toMatchObject([{ calls: 1, calls_without_usage: 1, cost_usd: null }]);
    expect(events.at(-1)?.data).toMatchObject({ usage: { calls_without_usage: 1 } });
  });

  test('that counts more from the cache than was sent has no cost below nothing.', async () => {
    const usage = { prompt_tokens: 10, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 500 } };
    const { chat, run } = await answered({ content: goodVerdict, completion: { usage } });

    expect(chat.attributes['gen_ai.usage.input_tokens']).toBe(10);
    expect(run.ledger.entries()).toMatchObject([{ cost_usd: null }]);
  });

  test('that is known of one call and not of another makes sums that say so.', async () => {
    const { run, events } = await harness([
      { content: badVerdict },
      { content: goodVerdict, completion: { usage: null } },
    ]);

    await judge(run);

    const sums = { input_tokens: 100, output_tokens: 20, calls_without_usage: 1 };
    expect(run.ledger.entries()).toMatchObject([{ calls: 2, ...sums }]);
    expect(events.at(-1)?.data).toMatchObject({ usage: sums });
  });

  test('fails no run either where it cannot be counted.', async () => {
    const { model, run } = await harness([{ content: goodVerdict }]);
    const { createModelClient } = await import('../src/index.ts');
    const models = createModelClient(run.models.settings, () => {
      throw new Error('no such metric');
    });
    const warned = new Promise((resolve) => process.once('warning', resolve));

    expect(await judge({ ...run, models })).toEqual(goodVerdict);

    expect(await warned).toMatchObject({ message: 'no such metric' });
    expect(model.bodies).toHaveLength(1);
    await models.close();
  });
});

describe('A JSON answer that is not alone', () => {
  test.each<[string, unknown, string[]]>([
    ['in a fence', `Here it is:\n\`\`\`json\n${text}\n\`\`\`\nEnjoy.`, ['fence', 'prose']],
    ['in a fence alone', `\`\`\`\n${text}\n\`\`\``, ['fence']],
    ['behind reasoning with a draft in it', `<think>{"a": 1} is no good</think>\n${text}`, ['think']],
    ['behind reasoning whose beginning is missing', `so it passes.\n</think>\n${text}`, ['think']],
    ['behind reasoning that is not closed', `<think>It passes.\n\n${text}`, ['think', 'prose']],
    ['behind a byte order mark', `\ufeff${text}`, ['bom']],
    ['before a special token', `${text}<|im_end|>`, ['special_token']],
    ['between prose', `The verdict {so far}: ${text} as asked.`, ['prose']],
    ['in a text of JSON', JSON.stringify(text), ['string']],
    ['in braces of its own', `{${text}}`, ['prose']],
    [
      'in parts',
      [
        { type: 'thinking', thinking: [{ type: 'text', text: 'so' }] },
        { type: 'text', text },
        { type: 'sparkle', of: 7 },
      ],
      ['parts'],
    ],
    ['in parts cut in two', [{ type: 'text', text: text.slice(0, 9) }, text.slice(9)], ['parts']],
    ['as an object', goodVerdict, ['parts']],
  ])('is found %s, and the span says how.', async (_where, content, recovered) => {
    const { verdict, chat, span } = await answered({ message: { content } });

    expect(verdict).toEqual(goodVerdict);
    expect(chat.attributes['agento.answer.recovered']).toEqual(recovered);
    // What was received stays in the trace, and not what was made of it.
    const received = typeof content === 'string' ? content : text;
    expect(span('expansion_evaluation').attributes['ai.response']).toBe(received);
  });

  test.each(['reasoning', 'reasoning_content'])('is found only in %s.', async (field) => {
    const { verdict, chat } = await answered({ message: { content: null, [field]: `So: ${text}` } });

    expect(verdict).toEqual(goodVerdict);
    expect(chat.attributes['agento.answer.recovered']).toEqual(['reasoning_content', 'prose']);
  });

  test('is the last of several that has the shape asked for.', async () => {
    const draft = { ...goodVerdict, score: 10 };
    const content = `First ${JSON.stringify(draft)}, rather ${text}. An {"example": 1} of another.`;

    expect((await answered({ content })).verdict).toEqual(goodVerdict);
  });

  test('of which the text is JSON as it is has nothing to say of that.', async () => {
    const { chat } = await answered({ content: `\n${text}\n` });

    expect(Object.keys(chat.attributes)).not.toContain('agento.answer.recovered');
  });

  test('is none where it was cut off: a part that stands whole is not the answer.', async () => {
    const { model, run } = await harness([
      { content: '{"verdicts": [{"reasoning": "r", "score"', finishReason: 'length' },
      { content: goodVerdict },
    ]);

    await judge(run);

    expect(model.bodies[1]?.messages.at(-1)?.content).toContain('the JSON was cut off: answer more briefly');
  });
});

describe('An answer without content', () => {
  test('that was cut off is shown as no text in the repair, and the error says so.', async () => {
    const { model, run } = await harness([{ message: { content: null }, finishReason: 'length' }]);

    await expect(judge(run)).rejects.toMatchObject({
      code: 'answer_invalid',
      message:
        "The answer was still invalid after one repair: / the answer was cut off by the endpoint's own limit of tokens, or the model's context is full",
    });
    expect(model.bodies[1]?.messages.at(-2)).toEqual({ role: 'assistant', content: '(no text)' });
  });

  test('that the endpoint filtered is refused, and said to be.', async () => {
    const { model, run } = await harness([{ message: { content: null }, finishReason: 'content_filter' }]);

    await expect(judge(run)).rejects.toMatchObject({
      code: 'model_refused',
      message: "The endpoint's content filter withheld the answer (content_filter)",
    });
    expect(model.bodies).toHaveLength(1);
  });

  test('but tools that nobody offered is repaired once, without those calls.', async () => {
    const call = { id: 't1', type: 'function', function: { name: 'get_weather', arguments: '{}' } };
    const { model, run } = await harness([
      { message: { content: null, tool_calls: [call] } },
      { content: goodVerdict },
    ]);

    expect(await judge(run)).toEqual(goodVerdict);
    expect(model.bodies[1]?.messages.at(-2)).toEqual({ role: 'assistant', content: '(no text)' });
  });
});
