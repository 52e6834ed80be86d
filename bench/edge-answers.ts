/** What a model's endpoint may answer, by kind of fault, each derived from the good answer it replaces. */

/** A raw HTTP answer; the body is sent as it is. */
export interface RawAnswer {
  status: number;
  headers: Record<string, string>;
  body: string | Buffer;
}

interface Completion {
  choices: { finish_reason: string; message: Record<string, unknown> & { content: string } }[];
  usage?: unknown;
}

/** What becomes of a good completion. */
export type Spoil = (completion: Completion) => RawAnswer;

const json = { 'content-type': 'application/json' };

function changed(change: (completion: Completion) => void): Spoil {
  return (completion) => {
    change(completion);
    return { status: 200, headers: json, body: JSON.stringify(completion) };
  };
}
const message = (more: object) =>
  changed(({ choices: [choice] }) => Object.assign(choice?.message ?? {}, more));
const content = (write: (content: string) => unknown) =>
  changed(({ choices: [choice] }) => {
    if (choice) Object.assign(choice.message, { content: write(choice.message.content) });
  });
const raw =
  (body: string | Buffer, headers: Record<string, string> = json, status = 200): Spoil =>
  () => ({ status, headers, body });
const toolCall = (id: number, name: string) => ({
  id: `t${id}`,
  type: 'function',
  function: { name, arguments: '{}' },
});
const toolCalls = (count: number, name: string) =>
  message({ tool_calls: Array.from({ length: count }, (_, index) => toolCall(index, name)) });

const megabytes = (count: number) => count * 1_000_000;

export const answers: [string, Spoil][] = [
  ['annotations of another kind', message({ annotations: [{ type: 'file', file: {} }] })],
  ['annotations: {}', message({ annotations: {} })],
  ['tool_calls: {}', message({ tool_calls: {} })],
  [
    'a tool call without a function',
    message({ tool_calls: [{ id: 'x', type: 'function', function: null }] }),
  ],
  ['message: "text"', changed(({ choices: [choice] }) => Object.assign(choice ?? {}, { message: 'text' }))],
  ['choices: {}', changed((completion) => Object.assign(completion, { choices: {} }))],
  [
    'usage -1',
    changed((completion) =>
      Object.assign(completion, { usage: { prompt_tokens: -1, completion_tokens: -1 } }),
    ),
  ],
  [
    'usage 12.5',
    changed((completion) =>
      Object.assign(completion, { usage: { prompt_tokens: 12.5, completion_tokens: 1 } }),
    ),
  ],
  [
    'usage "1200"',
    changed((completion) =>
      Object.assign(completion, { usage: { prompt_tokens: '1200', completion_tokens: '3' } }),
    ),
  ],
  ['usage null', changed((completion) => Object.assign(completion, { usage: null }))],
  [
    'usage 1e308',
    changed((completion) =>
      Object.assign(completion, { usage: { prompt_tokens: 1e308, completion_tokens: 2 } }),
    ),
  ],
  ['an empty body', raw('')],
  ['204', raw('', {}, 204)],
  ['choices: []', raw('{"choices":[]}')],
  ['200 with an error of 429', raw('{"error":{"message":"slow down","code":429}}')],
  ['HTML', raw('<html><title>Gateway</title></html>', { 'content-type': 'text/html' })],
  [
    'events though none were asked for',
    raw('data: {"choices":[{"delta":{"content":"{}"}}]}\n\ndata: [DONE]\n\n', {
      'content-type': 'text/event-stream',
    }),
  ],
  [
    'JSON as text/plain',
    (completion) => ({
      status: 200,
      headers: { 'content-type': 'text/plain' },
      body: JSON.stringify(completion),
    }),
  ],
  ['JSON without a type', (completion) => ({ status: 200, headers: {}, body: JSON.stringify(completion) })],
  ['in a fence', content((text) => `Here it is:\n\`\`\`json\n${text}\n\`\`\`\nEnjoy.`)],
  ['after <think>', content((text) => `<think>{"a": 1} is no good</think>\n${text}`)],
  ['with a BOM and <|im_end|>', content((text) => `\ufeff${text}<|im_end|>`)],
  [
    'content as parts',
    content((text) => [
      { type: 'thinking', thinking: [{ type: 'text', text: 'so' }] },
      { type: 'text', text },
    ]),
  ],
  [
    'only in reasoning_content',
    changed(({ choices: [choice] }) => {
      if (choice) Object.assign(choice.message, { reasoning_content: choice.message.content, content: null });
    }),
  ],
  [
    'content_filter',
    changed(({ choices: [choice] }) => {
      if (choice)
        Object.assign(choice, {
          finish_reason: 'content_filter',
          message: { role: 'assistant', content: null },
        });
    }),
  ],
  [
    'length, content null',
    changed(({ choices: [choice] }) => {
      if (choice)
        Object.assign(choice, { finish_reason: 'length', message: { role: 'assistant', content: null } });
    }),
  ],
  ['a tool call nobody offered', toolCalls(1, 'get_weather')],
  ['200 tool calls', toolCalls(200, 'web_search')],
  [
    '422 detail[].msg',
    raw('{"detail":[{"loc":["body","response_format"],"msg":"Extra inputs are not permitted"}]}', json, 422),
  ],
  [
    'insufficient_quota',
    raw('{"error":{"message":"You exceeded your quota","code":"insufficient_quota"}}', json, 429),
  ],
  [
    'a key of 200,000 characters',
    raw(
      JSON.stringify({
        choices: [
          { finish_reason: 'stop', message: { content: JSON.stringify({ ['k'.repeat(200_000)]: 1 }) } },
        ],
      }),
    ),
  ],
  [
    '8 MB of {',
    raw(
      JSON.stringify({
        choices: [{ finish_reason: 'stop', message: { content: '{'.repeat(megabytes(8)) } }],
      }),
    ),
  ],
  [
    '4 MB of "{',
    raw(
      JSON.stringify({
        choices: [{ finish_reason: 'stop', message: { content: '"{'.repeat(megabytes(2)) } }],
      }),
    ),
  ],
  [
    '7 MB of prose',
    raw(
      JSON.stringify({
        choices: [{ finish_reason: 'stop', message: { content: 'lorem ipsum '.repeat(megabytes(0.6)) } }],
      }),
    ),
  ],
  ['300 MB', () => ({ status: 200, headers: json, body: 'stream' })],
];
