import { gzipSync } from 'node:zlib';
import { type SearchAnswer, searchStep } from '@agento/contracts';
import { afterEach, describe, expect, test } from 'vitest';
import { ask, defineAgent } from '../src/index.ts';
import { recordedText } from '../src/recorded-text.ts';
import { closeAll, goodVerdict, harness, judge } from './harness.ts';
import type { Reply, RequestBody } from './scripted-model.ts';

afterEach(closeAll);

const limit = { AGENTO_MAX_ANSWER_BYTES: '10000', AGENTO_LLM_RETRIES: '2' };
const refused = {
  code: 'answer_invalid',
  message:
    "The model's answer is over 10000 bytes, the limit set by AGENTO_MAX_ANSWER_BYTES, and was not read further",
};
const completion = (content: string) => JSON.stringify({ choices: [{ message: { content } }] });

describe('An answer over AGENTO_MAX_ANSWER_BYTES', () => {
  test.each<[string, Reply]>([
    ['as it is', { raw: completion('x'.repeat(10_000)) }],
    [
      'compressed',
      { raw: gzipSync(completion('x'.repeat(1_000_000))), headers: { 'content-encoding': 'gzip' } },
    ],
    [
      'compressed twice',
      { raw: gzipSync(gzipSync('x'.repeat(1_000_000))), headers: { 'content-encoding': 'gzip, gzip' } },
    ],
    ['an error', { status: 500, raw: 'x'.repeat(10_001) }],
  ])('(%s) is refused, once.', async (_what, reply) => {
    const { model, run } = await harness([reply], limit);

    await expect(judge(run)).rejects.toMatchObject(refused);
    expect(model.bodies).toHaveLength(1);
  });

  test('is not read on: the server sees that its client left.', async () => {
    // The rest never comes, so that only the limit can end this.
    const { model, run } = await harness([{ raw: 'x'.repeat(30_000), fault: 'stall-after-headers' }], limit);

    await expect(judge(run)).rejects.toMatchObject(refused);
    await expect.poll(() => model.left()).toBe(1);
  });

  test('is one of so many bytes, not of so many and one.', async () => {
    const empty = Buffer.byteLength(completion(JSON.stringify(goodVerdict)));
    const raw = `${' '.repeat(10_000 - empty)}${completion(JSON.stringify(goodVerdict))}`;
    const { run } = await harness([{ raw }], limit);

    expect(await judge(run)).toEqual(goodVerdict);
  });

  test.each(['gzip', 'x-gzip', 'GZIP'])(
    'says nothing of one that is compressed (%s) and small.',
    async (encoding) => {
      const raw = gzipSync(completion(JSON.stringify(goodVerdict)));
      const { run } = await harness([{ raw, headers: { 'content-encoding': encoding } }], limit);

      expect(await judge(run)).toEqual(goodVerdict);
    },
  );
});

describe('JSON that would cost much to parse', () => {
  test.each([
    ['deep', '['.repeat(1_000_000)],
    ['of many values', `[${'{},'.repeat(500_000)}{}]`],
  ])('(%s) is refused once where it is the answer.', async (_what, raw) => {
    const { model, run } = await harness([{ raw }]);

    await expect(judge(run)).rejects.toMatchObject({
      code: 'answer_invalid',
      message: "The model's endpoint answered with JSON that nests too deeply or has too many values",
    });
    expect(model.bodies).toHaveLength(1);
  });

  test.each([
    ['deep', '{"a":'.repeat(100_000), 'the JSON is nested more than 64 deep'],
    [
      'long',
      JSON.stringify({ ...goodVerdict, reasoning: 'x'.repeat(1_050_000) }),
      'the JSON is longer than a megabyte: answer more briefly',
    ],
    ['of many values', `{"a":[${'1,'.repeat(500_000)}1]}`, 'the JSON is of more than 50000 values'],
  ])('(%s) is repaired where a model wrote it.', async (_what, content, complaint) => {
    const { model, run } = await harness([{ content }, { content: goodVerdict }]);

    expect(await judge(run)).toEqual(goodVerdict);
    expect(model.bodies[1]?.messages.at(-1)?.content).toContain(`- the whole answer: ${complaint}\n`);
  });

  test('A text of more than a megabyte is recorded up to there, with no part of a secret that an end cuts in two.', async () => {
    const secret = `sk-proj-${'aB3dE5gH7jK9'.repeat(4)}`;
    const content = `${secret} ${'x '.repeat(600_000)}`;
    const { run, span } = await harness([{ content }, { content: goodVerdict }]);

    await judge(run).catch(() => undefined);

    expect(span('expansion_evaluation').attributes['agento.repaired']).toBe(true);
    expect(recordedText('x'.repeat(1_048_576))).toBe('x'.repeat(1_048_576));
    const recorded = recordedText(content);
    expect(recorded).toBe(`***REDACTED*** ${content.slice(57, 57 + recorded.length - 21)}…[cut]`);
    expect(recorded.length).toBeGreaterThan(1_048_000);
    // At every place where a cut could fall a secret is whole or absent.
    expect(recordedText(`${secret} `.repeat(30_000)).replaceAll('***REDACTED***', '')).toMatch(
      /^[ *RECDAT]*…\[cut\]$/,
    );
  });

  test('An unusable answer is shown to the model up to 64 KiB.', async () => {
    const { model, run } = await harness([{ content: 'x'.repeat(1_000_000) }, { content: goodVerdict }]);

    await judge(run);

    expect(model.bodies[1]?.messages.at(-2)?.content).toBe(`${'x'.repeat(65_536)}…`);
  });
});

describe('What is told of an answer', () => {
  test('is bounded, whatever names and however many the model chose.', async () => {
    const keys = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [`${index}${'k'.repeat(10_000)}`, 1]),
    );
    const { model, run, spans } = await harness([{ content: { ...goodVerdict, ...keys } }]);

    const error = (await judge(run).catch((error: unknown) => error)) as Error;

    expect(error.message.length).toBeLessThan(2_100);
    expect(error.message).toContain('/0kkkkkkk… unknown field 0kkkkkkk…; /1kkkkkkk…');
    for (const { status, events } of spans()) {
      expect(JSON.stringify([status, events.filter(({ name }) => name === 'exception')]).length).toBeLessThan(
        12_000,
      );
    }
    expect(model.bodies[1]?.messages.at(-1)?.content.length).toBeLessThan(3_000);
  });

  test('is no more than eight findings and three hundred characters of each.', async () => {
    const { model, run } = await harness([{ content: goodVerdict }]);
    const check = () => Array.from({ length: 9 }, () => ({ pointer: '/x', detail: 'y'.repeat(1_000) }));

    await expect(judge(run, { check })).rejects.toMatchObject({ code: 'answer_invalid' });

    const lines = model.bodies[1]?.messages.at(-1)?.content.split('\n').slice(1, -1);
    expect(lines).toEqual(Array(8).fill(`- /x: ${'y'.repeat(300)}…`));
  });
});

describe('Tool calls', () => {
  const agent = defineAgent(searchStep, new URL('./fixtures/search-agent.md', import.meta.url), {
    searches: true,
  });
  const briefing: SearchAnswer = { summary: 's', sources: [] };
  const call = (id: string, query: string, name = 'web_search') => ({
    id,
    type: 'function',
    function: { name, arguments: JSON.stringify({ query }) },
  });
  /** Answers with the tool calls of its round as long as there are any, then with the briefing. */
  const searching = async (rounds: object[][]) => {
    let round = 0;
    const { model, run } = await harness(
      (body: RequestBody): Reply => {
        if (body.web_search_options) return { content: 'Found.' };
        const tool_calls = rounds[round];
        round += 1;
        return tool_calls ? { message: { content: null, tool_calls } } : { content: briefing };
      },
      { AGENTO_SEARCH: 'openai' },
    );
    const answer = await ask(run, agent, {
      input: { goal: 'g' },
      make: (answer) => answer,
      outcome: () => ({ summary: '', attributes: { 'agento.sources.count': 0 } }),
    });
    expect(answer).toEqual(briefing);
    const searched = model.bodies.filter(({ web_search_options }) => web_search_options);
    return { model, searched: searched.map(({ messages }) => messages[0]?.content) };
  };
  const many = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => call(`t${from + index}`, `q${from + index}`));

  test('are at most eight of an answer.', async () => {
    const { model, searched } = await searching([many(0, 200)]);

    expect(searched).toEqual(many(0, 8).map((_, index) => `q${index}`));
    const asked = model.bodies.at(-1)?.messages ?? [];
    expect(asked.find(({ tool_calls }) => tool_calls)?.tool_calls).toHaveLength(8);
    expect(asked.filter(({ role }) => role === 'tool')).toHaveLength(8);
  });

  test('lead to at most sixteen searches of a step.', async () => {
    const { searched } = await searching([many(0, 8), many(100, 8), many(200, 8)]);

    expect(searched).toHaveLength(16);
  });

  test('for the same search lead to one, and each is answered.', async () => {
    const { model, searched } = await searching([
      [call('a', 'q'), call('b', 'q'), call('b', 'q')],
      [call('c', 'q')],
    ]);

    expect(searched).toEqual(['q']);
    expect(model.bodies.at(-1)?.messages.filter(({ role }) => role === 'tool')).toEqual(
      ['a', 'b', 'call_3', 'c'].map((tool_call_id) => ({
        role: 'tool',
        tool_call_id,
        content: '{"text":"Found.","sources":[]}',
      })),
    );
  });

  test('of tools that were not offered are not answered beside one that was.', async () => {
    const { model, searched } = await searching([[call('a', 'q'), call('b', 'q', 'delete_everything')]]);

    expect(searched).toEqual(['q']);
    expect(model.bodies.at(-1)?.messages.filter(({ role }) => role === 'tool')).toHaveLength(1);
  });
});
