import { describe, expect, test } from 'vitest';
import { textWithoutBytes, withoutBytes } from '../src/bytes.ts';
import { answerOf } from '../src/frameworks/langchain-calls.ts';
import { chatAnswer } from '../src/frameworks/openai-agents-calls.ts';
import {
  type MessageContent,
  recordInputMessages,
  recordPrompt,
  recordResponse,
  type SentMessage,
} from '../src/index.ts';
import { conventionsMessages } from './conventions-messages.ts';
import { onSpan } from './in-trace.ts';

/** The parts of messages as they are recorded, each message for itself. */
async function partsIn(...messages: object[]) {
  const sent = messages.map((message) => ({ role: 'user', ...message }) as SentMessage<MessageContent>);
  const span = await onSpan((span) => recordInputMessages(span, sent));
  return conventionsMessages(span.attributes['gen_ai.input.messages']).map(({ parts }) => parts);
}

async function responseTo(content: MessageContent) {
  const { attributes } = await onSpan((span) => recordResponse(span, content));
  return attributes['ai.response'];
}

test('Megabytes of words a little too short to be bytes are read in no time.', () => {
  const text = `${'a'.repeat(1_367)} `.repeat(1_500);
  const before = performance.now();
  expect(textWithoutBytes(text)).toBe(text);
  // One attempt at each letter took three seconds.
  expect(performance.now() - before).toBeLessThan(1_000);
});

test('A picture of many megabytes within a text gives way as well.', () => {
  const text = `See data:image/png;base64,${'aA1b'.repeat(2_000_000)} here`;
  expect(withoutBytes({ text: '', said: text })).toEqual({
    text: '',
    said: expect.stringMatching(/^See \[image\/png, 6000000 bytes, sha256 \w{64}\] here$/),
  });
  expect(textWithoutBytes(text)).toMatch(/^See \[image\/png, 6000000 bytes, sha256 \w{64}\] here$/);
});

test('What cannot be read takes nothing else along, and reaches no caller.', async () => {
  const circular: Record<string, unknown> = { type: 'hologram' };
  circular.self = circular;
  const broken = {
    get type(): string {
      throw new Error('Gone');
    },
  };
  let deep: unknown[] = ['Look'];
  for (let level = 0; level < 5_000; level += 1) deep = [deep];
  const said = (why: string) => ({ type: 'text', content: JSON.stringify(`[not recorded: ${why}]`) });
  const isCircular = said('Converting circular structure to JSON');
  const beside = { type: 'text', text: 'Look' };
  const look = { type: 'text', content: 'Look' };

  expect(
    await partsIn(
      { content: [beside, circular] },
      { content: [beside, broken] },
      { content: deep },
      { role: 'tool', content: [beside, { type: 'hologram', depth: 10n }] },
      { role: 'tool', content: [{ uri: 'a' }, circular] },
    ),
  ).toEqual([
    [look, isCircular],
    [look, said('Gone')],
    [said('Maximum call stack size exceeded')],
    [{ type: 'tool_call_response', id: null, response: [look, { type: 'hologram', depth: '10' }] }],
    [{ type: 'tool_call_response', id: null, response: isCircular.content }],
  ]);
  expect(await responseTo([beside, broken])).toBe('"[not recorded: Gone]"');
});

test('Calls of tools in other forms than that of functions are calls, too.', async () => {
  const calls = [
    { id: 'c1', type: 'custom', custom: { name: 'draw', input: 'a house' } },
    { id: 'c2', type: 'tool_call', name: 'find', args: { city: 'Bern' } },
  ];
  expect(await partsIn({ role: 'assistant', content: null, tool_calls: calls })).toEqual([
    [
      { type: 'tool_call', id: 'c1', name: 'draw', arguments: 'a house' },
      { type: 'tool_call', id: 'c2', name: 'find', arguments: { city: 'Bern' } },
    ],
  ]);
});

test.each<[what: string, content: MessageContent | object, ...parts: object[]]>([
  [
    'Gemini’s videos',
    [{ fileData: { fileUri: 'gs://films/a.mp4', mimeType: 'video/mp4' }, videoMetadata: { fps: 1 } }],
    { type: 'uri', modality: 'video', mime_type: 'video/mp4', uri: 'gs://films/a.mp4' },
  ],
  ['Gemini’s and Mastra’s contents', { parts: [{ text: 'Look' }] }, { type: 'text', content: 'Look' }],
  [
    'a document that is a text in place of a list',
    [{ type: 'document', source: { type: 'content', content: 'To be: or not' }, title: 'Hamlet' }],
    { type: 'text', content: 'To be: or not', filename: 'Hamlet' },
  ],
  [
    'a document of Bedrock that is a text',
    [{ document: { format: 'txt', name: 'Hamlet', source: { text: 'To be' } } }],
    { type: 'text', content: 'To be', filename: 'Hamlet' },
  ],
  [
    'a file that is a text in place of base64',
    [{ type: 'file', mediaType: 'text/plain', data: 'To be or not' }],
    { type: 'text', content: 'To be or not' },
  ],
  [
    'a picture by a path',
    [{ type: 'image', image: '/pictures/a.png' }],
    { type: 'text', content: '/pictures/a.png' },
  ],
  [
    'reasoning and its summary',
    [
      {
        type: 'reasoning',
        summary: [{ type: 'summary_text', text: 'In short' }],
        content: [{ text: 'At length' }],
      },
    ],
    { type: 'reasoning', content: 'In short\nAt length' },
  ],
  [
    'thoughts of which there is a signature alone',
    [{ type: 'thinking', thinking: '', signature: 'EqQB' }],
    { type: 'reasoning', content: '', encrypted: 'EqQB' },
  ],
  [
    'a found page, with its address',
    [
      {
        type: 'search_result',
        source: 'https://a.example',
        title: 'A',
        content: [{ type: 'text', text: 'a' }],
      },
    ],
    {
      type: 'search_result',
      source: 'https://a.example',
      title: 'A',
      content: [{ type: 'text', text: 'a' }],
    },
  ],
  [
    'what was said of a wish to call a tool',
    [{ type: 'tool-approval-response', approvalId: 'a1', approved: false }],
    { type: 'tool_approval_response', approvalId: 'a1', approved: false },
  ],
  [
    'a context and where it is from',
    [{ type: 'context', text: 'Look', source: 'https://a.example' }],
    { type: 'context', text: 'Look', source: 'https://a.example' },
  ],
])('Of %s nothing vanishes.', async (_what, content, ...parts) => {
  expect(await partsIn({ content })).toEqual([parts]);
});

test('A message whose parts are under another name has them.', async () => {
  expect(await partsIn({ parts: [{ type: 'text', text: 'Look' }] })).toEqual([
    [{ type: 'text', content: 'Look' }],
  ]);
});

test.each([
  ['Bedrock', { toolResult: { toolUseId: 'c1', status: 'error', content: 'Gone' } }],
  ['AI SDK 4', { type: 'tool-result', toolCallId: 'c1', result: 'Gone', isError: true }],
  ['AI SDK 5', { type: 'tool-result', toolCallId: 'c1', output: { type: 'error-text', value: 'Gone' } }],
])('A tool that failed in the form of %s has failed.', async (_whose, entry) => {
  expect(await partsIn({ content: [entry] })).toEqual([
    [{ type: 'tool_call_response', id: 'c1', response: 'Gone', is_error: true }],
  ]);
});

test('An answer of a kind that is not known is its own JSON.', async () => {
  const answer = [{ citationsContent: { content: [{ text: 'To be' }], citations: [] } }];
  expect(await responseTo(answer)).toBe(JSON.stringify(answer));
  expect(await responseTo([{ type: 'reasoning', text: 'Hm' }])).toBe('');
});

test('A text in a list of texts stays in a prompt, whatever it looks like.', async () => {
  const messages = [{ role: 'user', content: ['aA1b'.repeat(400)] }];
  const span = await onSpan((span) => recordPrompt(span, messages));
  expect(span.attributes['ai.prompt']).toBe(JSON.stringify(messages));
});

describe('A secret goes from messages and prompts', () => {
  const secret = 'sk-proj-abcDEF1234567890abcDEF1234567890abcDEF12';
  const inBase64 = Buffer.from(`The key is ${secret}`).toString('base64');
  const clean = Buffer.from('The key is ***REDACTED***').toString('base64');
  const signed = (value: string) => `https://a.example/?sig=${value}`;

  test.each<[where: string, part: object, clean: object]>([
    [
      'in a text of base64',
      { type: 'hologram', file: `data:text/plain;base64,${inBase64}`, raw: Buffer.from(inBase64, 'base64') },
      { type: 'hologram', file: `data:text/plain;base64,${clean}`, raw: clean },
    ],
    [
      'under its name',
      { type: 'hologram', password: 'of-the-house', depth: 3 },
      { type: 'hologram', password: '***REDACTED***', depth: 3 },
    ],
    ['that is a name', { type: 'hologram', [secret]: 1 }, { type: 'hologram', '***REDACTED***': 1 }],
    [
      'that signs any address',
      { type: 'hologram', at: { url: signed('abcdefghijklmnop') } },
      { type: 'hologram', at: { url: signed('***REDACTED***') } },
    ],
  ])('%s', async (_where, part, clean) => {
    const messages = [{ role: 'user', content: [part] }];
    expect(await responseTo([part])).toBe(JSON.stringify([clean]));
    const span = await onSpan((span) => {
      recordPrompt(span, messages);
      recordInputMessages(span, messages);
    });
    expect(JSON.parse(String(span.attributes['ai.prompt']))).toEqual([{ role: 'user', content: [clean] }]);
    expect(conventionsMessages(span.attributes['gen_ai.input.messages'])[0]?.parts).toEqual([clean]);
    expect(span.attributes['agento.redactions']).toBeGreaterThan(1);
  });

  test('and from a file that is a text, in whatever form.', async () => {
    const parts = { type: 'blob', modality: 'document', mime_type: 'text/plain', content: clean };
    const plain = `data:text/plain,The key is ${secret}`;
    expect(
      await partsIn(
        { content: [{ type: 'file', file: { file_data: plain } }] },
        { content: [{ ...parts, content: inBase64 }] },
      ),
    ).toEqual([[parts], [parts]]);
  });
});

test('Numbers stay as they are written, however long.', async () => {
  const given = '{"id":12345678901234567890,"share":1e-400,"of":[0.5,{"n":-9007199254740993}]}';
  const call = { id: 'c1', function: { name: 'find', arguments: given } };
  const messages = [{ role: 'assistant', tool_calls: [call] }];
  const span = await onSpan((span) => recordInputMessages(span, messages));
  expect(span.attributes['gen_ai.input.messages']).toContain(`"arguments":${given}`);

  const bytes = 'aA1b'.repeat(400);
  expect(textWithoutBytes(`{"given":${given},"bytes":"${bytes}"}`)).toMatch(
    new RegExp(
      `^\\{"given":${given.replace(/[[{]/g, '\\$&')},"bytes":"\\[1200 bytes, sha256 \\w{64}\\]"\\}$`,
    ),
  );
  const plain = `{ "id": 12345678901234567890, "digits": "${'0'.repeat(2_000)}" }`;
  expect(textWithoutBytes(plain)).toBe(plain);
});

test('An answer of a framework keeps the sources that its text names.', () => {
  const content = [{ type: 'text', text: 'So.', citations: [{ url: 'https://a.example' }] }];
  expect(answerOf({ generations: [[{ message: { content } }]] })).toMatchObject({ content });
  expect(chatAnswer({ choices: [{ message: { content } }] })).toMatchObject({ content });
  const plain = [{ type: 'text', text: 'So.', citations: [] }];
  expect(chatAnswer({ choices: [{ message: { content: plain } }] })).toMatchObject({ content: 'So.' });
});

test('A custom tool that an agent of OpenAI calls has its name and its input.', () => {
  const call = { id: 'c1', type: 'custom', custom: { name: 'draw', input: 'a house' } };
  const { toolCalls } = chatAnswer({ choices: [{ message: { content: null, tool_calls: [call] } }] });
  expect(toolCalls).toEqual([{ id: 'c1', function: { name: 'draw', arguments: 'a house' } }]);
});
