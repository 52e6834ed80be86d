import { inspect } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { closeAll, goodVerdict, harness, judge } from './harness.ts';
import type { Reply } from './scripted-model.ts';

afterEach(closeAll);

const env = { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'NO_CONTENT' };
const sentence = 'the patient is called Erika';
const call = (id: string, name: string) => ({
  id,
  type: 'function',
  function: { name, arguments: sentence },
});

test.each<[string, Reply]>([
  ['a key', { content: { ...goodVerdict, [sentence]: 1 } }],
  ['a value', { content: { ...goodVerdict, score: sentence } }],
  ['text that is no JSON', { content: sentence }],
  ['text that is nearly JSON', { content: `{"reasoning": ${sentence}}` }],
  ['a refusal', { message: { refusal: sentence } }],
  ['reasoning', { message: { content: null, reasoning_content: sentence } }],
  ['a tool call', { message: { content: null, tool_calls: [call(sentence, sentence), call('a', 'b')] } }],
  ['the reason it ended', { content: sentence, finishReason: sentence }],
  [
    'the ids of the answer',
    { content: '', completion: { id: sentence, model: sentence, provider: sentence } },
  ],
  ['an error', { status: 400, error: { message: sentence, code: sentence, type: sentence } }],
  ['an error with 200', { raw: JSON.stringify({ error: { message: sentence, code: sentence } }) }],
  ['a page', { raw: `<p>${sentence}</p>`, headers: { 'x-should-retry': 'false' } }],
  [
    'a redirect',
    { status: 307, headers: { location: `https://example.org/${sentence.replaceAll(' ', '+')}` } },
  ],
  ['a header', { status: 400, headers: { 'x-why': sentence } }],
])(
  'With content switched off, a sentence that comes in %s stands in no span and no error.',
  async (_where, reply) => {
    const { model, run, spans, events } = await harness([reply], { AGENTO_LLM_RETRIES: '0' }, env);

    const error: unknown = await judge(run).catch((error: unknown) => error);

    expect(error).toMatchObject({ name: 'StepError' });
    const recorded = [
      JSON.stringify(spans()),
      inspect(error, { depth: null, showHidden: true }),
      JSON.stringify(events),
    ];
    for (const text of recorded) expect(text.replaceAll('+', ' ')).not.toContain(sentence);
    expect(model.bodies.length).toBeLessThanOrEqual(2);
  },
);

test('With content switched off, the error still says what kind of fault it was and where.', async () => {
  const { run } = await harness([{ content: { ...goodVerdict, [sentence]: 1, score: 800 } }], {}, env);

  await expect(judge(run)).rejects.toMatchObject({
    message: 'The answer was still invalid after one repair: / has an unknown field; /score must be <= 100',
  });
});

test('With content switched off, a fault of ours is named and not quoted.', async () => {
  const { run } = await harness([{ content: goodVerdict }], {}, env);
  const make = () => {
    throw new TypeError(`"${sentence}" is no URL`);
  };

  const error = (await judge(run, { make }).catch((error: unknown) => error)) as Error & { cause: Error };

  expect(error.message).toBe('The step failed: TypeError');
  expect(error.cause.stack).toMatch(/^TypeError: \n +at /);
});
