import { redactedMark } from '@agento/contracts';
import { describe, expect, test } from 'vitest';
import {
  type ReceivedMessage,
  recordInputMessages,
  recordOutputMessage,
  recordPrompt,
  recordResponse,
} from '../src/index.ts';
import { marks, onSpan } from './in-trace.ts';

const answer: ReceivedMessage = {
  content: 'Done.',
  reasoning: null,
  refusal: null,
  tool_calls: [],
  finish_reason: 'stop',
};
const call = { id: 'call_1', function: { name: 'web_search', arguments: '{"query":"a"}' } };

async function inputs(messages: Parameters<typeof recordInputMessages>[1]) {
  const span = await onSpan((span) => recordInputMessages(span, messages));
  return String(span.attributes['gen_ai.input.messages']);
}
async function output(message: Partial<ReceivedMessage>) {
  const span = await onSpan((span) => recordOutputMessage(span, { ...answer, ...message }));
  return JSON.parse(String(span.attributes['gen_ai.output.messages']));
}

describe("The convention's messages", () => {
  test('have the system message, the user, calls of tools and what these gave.', async () => {
    const text = await inputs([
      { role: 'system', content: 'You plan.' },
      { role: 'user', content: 'A goal' },
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'call_1', content: 'Found.' },
    ]);

    expect(JSON.parse(text)).toEqual([
      { role: 'system', parts: [{ type: 'text', content: 'You plan.' }] },
      { role: 'user', parts: [{ type: 'text', content: 'A goal' }] },
      {
        role: 'assistant',
        parts: [{ type: 'tool_call', id: 'call_1', name: 'web_search', arguments: { query: 'a' } }],
      },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'call_1', response: 'Found.' }] },
    ]);
  });

  test('have reasoning as a part of its own, before the text.', async () => {
    expect(await output({ reasoning: 'Let me see.' })).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'Let me see.' },
          { type: 'text', content: 'Done.' },
        ],
        finish_reason: 'stop',
      },
    ]);
  });

  test('name a refusal as text and a tool call by the convention’s word for how it ended.', async () => {
    expect(await output({ content: null, refusal: 'No.' })).toEqual([
      { role: 'assistant', parts: [{ type: 'text', content: 'No.' }], finish_reason: 'stop' },
    ]);
    expect(await output({ content: null, tool_calls: [call], finish_reason: 'tool_calls' })).toEqual([
      {
        role: 'assistant',
        parts: [{ type: 'tool_call', id: 'call_1', name: 'web_search', arguments: { query: 'a' } }],
        finish_reason: 'tool_call',
      },
    ]);
  });

  test('have arguments that are no object, or were cut, as the text they are.', async () => {
    const given = (text: string) => ({ id: 'call_1', function: { name: 'web_search', arguments: text } });
    const long = JSON.stringify({ query: 'x'.repeat(9_000) });

    const messages = await output({ content: null, tool_calls: ['weather', '{"query', long].map(given) });

    expect(messages[0].parts.map((part: { arguments: unknown }) => part.arguments)).toEqual([
      'weather',
      '{"query',
      expect.stringMatching(/^\{"query":"x+…\[cut\]$/),
    ]);
  });

  test('have no secret in arguments.', async () => {
    const [message] = await output({
      content: null,
      tool_calls: [{ id: 'call_1', function: { name: 'fetch', arguments: '{"api_key":"abc123","page":2}' } }],
    });

    expect(message.parts[0].arguments).toEqual({ api_key: redactedMark, page: 2 });
  });

  test('stay whole up to 8 KB of JSON.', async () => {
    const content = 'x'.repeat(8_192 - '[{"role":"user","parts":[{"type":"text","content":""}]}]'.length);

    const text = await inputs([{ role: 'user', content }]);

    expect(text).toHaveLength(8_192);
    expect(JSON.parse(text)).toEqual([{ role: 'user', parts: [{ type: 'text', content }] }]);
  });

  test('are shortened over that, with a mark, and are still valid JSON of about that size.', async () => {
    const text = await inputs([
      { role: 'system', content: 'You plan. '.repeat(300) },
      { role: 'user', content: '"\n🛠'.repeat(20_000) },
      { role: 'user', content: 'Short.' },
    ]);

    const messages = JSON.parse(text) as { role: string; parts: { content: string }[] }[];
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'user']);
    expect(messages[1]?.parts[0]?.content).toMatch(/^("\n🛠)+["\n]*…\[cut\]$/u);
    expect(messages[2]?.parts[0]?.content).toBe('Short.');
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(8_192);
  });
});

describe('The prompt and the answer of a step', () => {
  test('are there as sent and as received, with the first 1,000 characters of the answer.', async () => {
    const messages = [{ role: 'system', content: 'You plan.' }];
    const content = `${'a'.repeat(999)}🛠${'b'.repeat(100)}`;

    const span = await onSpan((span) => {
      recordPrompt(span, messages);
      recordResponse(span, content);
    });

    const prompt = JSON.stringify(messages);
    expect(marks(span)).toEqual({
      attributes: {
        'ai.prompt': prompt,
        'ai.response': content,
        'ai.response_excerpt': 'a'.repeat(999),
      },
      events: [
        { name: 'full_prompt', attributes: { text: prompt } },
        { name: 'full_response', attributes: { text: content } },
      ],
    });
  });

  test('leave nothing with content switched off.', async () => {
    const span = await onSpan(
      (span) => {
        recordPrompt(span, [{ role: 'user', content: 'A goal' }]);
        recordResponse(span, 'Done.');
        recordInputMessages(span, [{ role: 'user', content: 'A goal' }]);
        recordOutputMessage(span, answer);
      },
      { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'NO_CONTENT' },
    );

    expect(marks(span)).toEqual({ attributes: {}, events: [] });
  });
});
