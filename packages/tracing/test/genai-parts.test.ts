import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  type MessageContent,
  recordInputMessages,
  recordOutputMessage,
  recordPrompt,
  recordResponse,
} from '../src/index.ts';
import { conventionsMessages } from './conventions-messages.ts';
import { onSpan } from './in-trace.ts';

const small = Buffer.from('not really a picture');
const base64 = small.toString('base64');
const dataUrl = `data:image/png;base64,${base64}`;
const url = 'https://pictures.example/a.png';
const png = { type: 'blob', modality: 'image', mime_type: 'image/png', content: base64 };
const image = { type: 'blob', modality: 'image', content: base64 };
const pdf = { type: 'blob', modality: 'document', mime_type: 'application/pdf', content: base64 };
const atUrl = { type: 'uri', modality: 'image', uri: url };

/** Bytes that no run compresses or repeats. */
const large = Buffer.concat(
  Array.from({ length: 2_000 }, (_, at) => createHash('sha256').update(String(at)).digest()),
);
const known = { size: large.length, sha256: createHash('sha256').update(large).digest('hex') };

async function input(content: MessageContent, role = 'user') {
  const span = await onSpan((span) => recordInputMessages(span, [{ role, content }]));
  return conventionsMessages(span.attributes['gen_ai.input.messages'])[0]?.parts;
}

describe('A part of a message is, in the conventions’ form,', () => {
  const forms: Record<string, [entry: object, ...parts: object[]][]> = {
    'OpenAI’s chat completions': [
      [
        { type: 'text', text: 'Look' },
        { type: 'text', content: 'Look' },
      ],
      [{ type: 'image_url', image_url: { url, detail: 'low' } }, atUrl],
      [{ type: 'image_url', image_url: { url: dataUrl } }, png],
      [
        { type: 'input_audio', input_audio: { data: base64, format: 'wav' } },
        { type: 'blob', modality: 'audio', mime_type: 'audio/wav', content: base64 },
      ],
      [
        { type: 'file', file: { file_id: 'file-1' } },
        { type: 'file', modality: 'document', file_id: 'file-1' },
      ],
      [
        { type: 'file', file: { file_data: `data:application/pdf;base64,${base64}`, filename: 'a.pdf' } },
        { ...pdf, filename: 'a.pdf' },
      ],
      [
        { type: 'refusal', refusal: 'No.' },
        { type: 'text', content: 'No.' },
      ],
      [
        { type: 'video_url', video_url: { url: 'https://pictures.example/a.mp4' } },
        { type: 'uri', modality: 'video', uri: 'https://pictures.example/a.mp4' },
      ],
    ],
    'OpenAI’s responses': [
      [
        { type: 'input_text', text: 'Look' },
        { type: 'text', content: 'Look' },
      ],
      [{ type: 'input_image', image_url: dataUrl, detail: 'auto' }, png],
      [{ type: 'input_image', image_url: url, file_id: null }, atUrl],
      [
        { type: 'input_image', file_id: 'file-1' },
        { type: 'file', modality: 'image', file_id: 'file-1' },
      ],
      [
        { type: 'input_file', file_url: 'https://pictures.example/a.pdf' },
        { type: 'uri', modality: 'document', uri: 'https://pictures.example/a.pdf' },
      ],
      [
        { type: 'input_file', file_id: 'file-1' },
        { type: 'file', modality: 'document', file_id: 'file-1' },
      ],
      [
        { type: 'input_file', filename: 'a.pdf', file_data: `data:application/pdf;base64,${base64}` },
        { ...pdf, filename: 'a.pdf' },
      ],
      [
        {
          type: 'output_text',
          text: 'Ann.',
          annotations: [{ type: 'url_citation', url, title: 'Ann', start_index: 0, end_index: 4 }],
        },
        {
          type: 'text',
          content: 'Ann.',
          annotations: [{ type: 'url_citation', url, title: 'Ann', start_index: 0, end_index: 4 }],
        },
      ],
      [
        {
          type: 'image_generation_call',
          id: 'ig_1',
          status: 'completed',
          result: base64,
          output_format: 'webp',
          revised_prompt: 'A cat',
        },
        {
          type: 'server_tool_call',
          id: 'ig_1',
          name: 'image_generation',
          server_tool_call: {
            type: 'image_generation',
            status: 'completed',
            output_format: 'webp',
            revised_prompt: 'A cat',
          },
        },
        { ...png, mime_type: 'image/webp' },
      ],
      [
        {
          type: 'code_interpreter_call',
          id: 'ci_1',
          code: '1+1',
          container_id: 'c',
          outputs: [{ type: 'logs', logs: '2' }],
        },
        {
          type: 'server_tool_call',
          id: 'ci_1',
          name: 'code_interpreter',
          server_tool_call: { type: 'code_interpreter', code: '1+1', container_id: 'c' },
        },
        {
          type: 'server_tool_call_response',
          id: 'ci_1',
          server_tool_call_response: { type: 'code_interpreter', outputs: [{ type: 'logs', logs: '2' }] },
        },
      ],
      [
        { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Let me see.' }] },
        { type: 'reasoning', content: 'Let me see.' },
      ],
      [
        { type: 'custom_tool_call', call_id: 'c1', name: 'draw', input: 'a cat' },
        { type: 'tool_call', id: 'c1', name: 'draw', arguments: 'a cat' },
      ],
      [
        { type: 'computer_call', call_id: 'c1', action: { type: 'click', x: 1, y: 2 } },
        { type: 'tool_call', id: 'c1', name: 'computer', arguments: { type: 'click', x: 1, y: 2 } },
      ],
      [
        {
          type: 'computer_call_output',
          call_id: 'c1',
          output: { type: 'computer_screenshot', image_url: dataUrl },
        },
        { type: 'tool_call_response', id: 'c1', response: [png] },
      ],
      [
        { type: 'compaction', id: 'cmp_1', encrypted_content: 'abc' },
        { type: 'compaction', id: 'cmp_1', encrypted_content: 'abc' },
      ],
    ],
    'the OpenAI Agents SDK': [
      [{ type: 'input_image', image: dataUrl }, png],
      [{ type: 'input_image', image: url }, atUrl],
      [
        { type: 'input_image', image: { id: 'file-1' } },
        { type: 'file', modality: 'image', file_id: 'file-1' },
      ],
      [
        { type: 'input_file', file: { url: 'https://pictures.example/a.pdf' }, filename: 'a.pdf' },
        { type: 'uri', modality: 'document', uri: 'https://pictures.example/a.pdf', filename: 'a.pdf' },
      ],
      [
        { type: 'audio', audio: base64, format: 'mp3', transcript: 'Hello' },
        { type: 'blob', modality: 'audio', mime_type: 'audio/mp3', content: base64, transcript: 'Hello' },
      ],
      [{ type: 'image', image: { data: small, mediaType: 'image/png' } }, png],
      [{ type: 'image', image: base64 }, image],
      [
        { type: 'hosted_tool_call', id: 'h1', name: 'web_search_call', status: 'completed', output: 'found' },
        {
          type: 'server_tool_call',
          id: 'h1',
          name: 'web_search_call',
          server_tool_call: { type: 'web_search_call', name: 'web_search_call', status: 'completed' },
        },
        {
          type: 'server_tool_call_response',
          id: 'h1',
          server_tool_call_response: { type: 'web_search_call', output: 'found' },
        },
      ],
    ],
    'the AI SDK': [
      [{ type: 'image', image: new URL(url) }, atUrl],
      [{ type: 'image', image: small, mediaType: 'image/png' }, png],
      [{ type: 'image', image: new Uint8Array(small).buffer, mimeType: 'image/png' }, png],
      [
        { type: 'file', data: base64, mediaType: 'application/pdf', filename: 'a.pdf' },
        { ...pdf, filename: 'a.pdf' },
      ],
      [
        { type: 'file', data: { type: 'url', url: new URL(url) }, mediaType: 'image/png' },
        { ...atUrl, mime_type: 'image/png' },
      ],
      [{ type: 'file', data: { type: 'data', data: base64 }, mediaType: 'image' }, image],
      [
        { type: 'reasoning', text: 'Let me see.' },
        { type: 'reasoning', content: 'Let me see.' },
      ],
      [
        { type: 'tool-call', toolCallId: 'c1', toolName: 'find', input: { a: 1 } },
        { type: 'tool_call', id: 'c1', name: 'find', arguments: { a: 1 } },
      ],
      [
        {
          type: 'tool-result',
          toolCallId: 'c1',
          toolName: 'draw',
          output: { type: 'content', value: [{ type: 'media', data: base64, mediaType: 'image/png' }] },
        },
        { type: 'tool_call_response', id: 'c1', response: [png] },
      ],
      [
        {
          type: 'tool-result',
          toolCallId: 'c1',
          toolName: 'find',
          output: { type: 'json', value: { rows: 2 } },
        },
        { type: 'tool_call_response', id: 'c1', response: { rows: 2 } },
      ],
      [
        {
          type: 'tool-result',
          toolCallId: 'c1',
          toolName: 'find',
          output: { type: 'json', value: [{ type: 'file', path: '/a' }, null, 'b'] },
        },
        { type: 'tool_call_response', id: 'c1', response: [{ type: 'file', path: '/a' }, null, 'b'] },
      ],
      [
        { type: 'source', sourceType: 'url', id: 's1', url },
        { type: 'source', sourceType: 'url', id: 's1', url },
      ],
    ],
    LangChain: [
      [{ type: 'image_url', image_url: dataUrl }, png],
      [{ type: 'image', source_type: 'base64', mime_type: 'image/png', data: base64 }, png],
      [{ type: 'image', source_type: 'url', url }, atUrl],
      [
        { type: 'file', source_type: 'id', id: 'file-1' },
        { type: 'file', modality: 'document', file_id: 'file-1' },
      ],
      [
        { type: 'file', source_type: 'text', text: 'A long story' },
        { type: 'text', content: 'A long story' },
      ],
      [{ type: 'image', id: 'block-1', mimeType: 'image/png', data: small }, png],
      [
        { type: 'audio', fileId: 'file-1', mimeType: 'audio/wav' },
        { type: 'file', modality: 'audio', mime_type: 'audio/wav', file_id: 'file-1' },
      ],
      [
        { type: 'text-plain', text: 'A long story' },
        { type: 'text', content: 'A long story' },
      ],
      [
        { type: 'reasoning', reasoning: 'Let me see.' },
        { type: 'reasoning', content: 'Let me see.' },
      ],
      [
        { type: 'server_tool_call', id: 's1', name: 'web_search', args: { query: 'a' } },
        {
          type: 'server_tool_call',
          id: 's1',
          name: 'web_search',
          server_tool_call: { type: 'web_search', name: 'web_search', args: { query: 'a' } },
        },
      ],
      [
        { type: 'server_tool_call_result', toolCallId: 's1', status: 'success', output: { rows: 2 } },
        {
          type: 'server_tool_call_response',
          id: 's1',
          server_tool_call_response: {
            type: 'server',
            toolCallId: 's1',
            status: 'success',
            output: { rows: 2 },
          },
        },
      ],
      [
        { type: 'non_standard', value: { type: 'poem', lines: 2 } },
        { type: 'poem', lines: 2 },
      ],
    ],
    Anthropic: [
      [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: base64 } }, png],
      [{ type: 'image', source: { type: 'url', url } }, atUrl],
      [
        { type: 'image', source: { type: 'file', file_id: 'file-1' } },
        { type: 'file', modality: 'image', file_id: 'file-1' },
      ],
      [
        {
          type: 'document',
          title: 'a.pdf',
          source: { type: 'base64', media_type: 'application/pdf', data: base64 },
        },
        { ...pdf, filename: 'a.pdf' },
      ],
      [
        { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'A long story' } },
        { type: 'text', content: 'A long story' },
      ],
      [
        { type: 'thinking', thinking: 'Let me see.', signature: 'abc' },
        { type: 'reasoning', content: 'Let me see.' },
      ],
      [
        { type: 'redacted_thinking', data: 'abc' },
        { type: 'reasoning', content: '', encrypted: 'abc' },
      ],
      [
        { type: 'tool_use', id: 't1', name: 'find', input: { a: 1 } },
        { type: 'tool_call', id: 't1', name: 'find', arguments: { a: 1 } },
      ],
      [
        {
          type: 'tool_result',
          tool_use_id: 't1',
          content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: base64 } }],
        },
        { type: 'tool_call_response', id: 't1', response: [png] },
      ],
      [
        { type: 'server_tool_use', id: 's1', name: 'web_search', input: { query: 'a' } },
        {
          type: 'server_tool_call',
          id: 's1',
          name: 'web_search',
          server_tool_call: { type: 'web_search', name: 'web_search', input: { query: 'a' } },
        },
      ],
      [
        { type: 'web_search_tool_result', tool_use_id: 's1', content: [{ type: 'web_search_result', url }] },
        {
          type: 'server_tool_call_response',
          id: 's1',
          server_tool_call_response: {
            type: 'web_search',
            tool_use_id: 's1',
            content: [{ type: 'web_search_result', url }],
          },
        },
      ],
    ],
    'Gemini and Bedrock': [
      [{ text: 'Look' }, { type: 'text', content: 'Look' }],
      [
        { text: 'Let me see.', thought: true },
        { type: 'reasoning', content: 'Let me see.' },
      ],
      [{ inlineData: { mimeType: 'image/png', data: base64 } }, png],
      [
        { fileData: { mimeType: 'video/mp4', fileUri: 'gs://films/a.mp4' } },
        { type: 'uri', modality: 'video', mime_type: 'video/mp4', uri: 'gs://films/a.mp4' },
      ],
      [
        { functionCall: { id: 'f1', name: 'find', args: { a: 1 } } },
        { type: 'tool_call', id: 'f1', name: 'find', arguments: { a: 1 } },
      ],
      [
        { functionResponse: { id: 'f1', name: 'find', response: { rows: 2 } } },
        { type: 'tool_call_response', id: 'f1', response: { rows: 2 } },
      ],
      [{ image: { format: 'png', source: { bytes: small } } }, png],
      [
        { toolUse: { toolUseId: 't1', name: 'find', input: { a: 1 } } },
        { type: 'tool_call', id: 't1', name: 'find', arguments: { a: 1 } },
      ],
      [
        { reasoningContent: { reasoningText: { text: 'Let me see.' } } },
        { type: 'reasoning', content: 'Let me see.' },
      ],
    ],
    'the conventions themselves': [
      [png, png],
      [atUrl, atUrl],
      [
        { type: 'file', modality: 'image', file_id: 'file-1' },
        { type: 'file', modality: 'image', file_id: 'file-1' },
      ],
      [
        { type: 'text', content: 'Look' },
        { type: 'text', content: 'Look' },
      ],
    ],
    'nobody anybody knows': [
      [
        { type: 'hologram', depth: 3, of: { name: 'cat' } },
        { type: 'hologram', depth: 3, of: { name: 'cat' } },
      ],
      [
        { type: 'file', path: '/a' },
        { type: 'unknown_file', path: '/a' },
      ],
      [
        { type: 'image', caption: 'none' },
        { type: 'image', caption: 'none' },
      ],
    ],
  };

  for (const [whose, list] of Object.entries(forms)) {
    test.each(list.map((form) => [JSON.stringify(form[0]).slice(0, 60), ...form] as const))(
      `of ${whose}: %s`,
      async (_name, entry, ...parts) => {
        expect(await input(['See:', entry])).toEqual([{ type: 'text', content: 'See:' }, ...parts]);
      },
    );
  }
});

describe('An image, a sound or a file of more than 1,024 bytes', () => {
  const content = [
    { type: 'text', text: 'What is it?' },
    { type: 'image_url', image_url: { url: `data:image/jpeg;base64,${large.toString('base64')}` } },
  ];
  const said = `[image/jpeg, ${large.length} bytes, sha256 ${known.sha256}]`;

  test('is known by its size and SHA-256, in messages and in the prompt, and is in no event.', async () => {
    const span = await onSpan((span) => {
      recordPrompt(span, [{ role: 'user', content }]);
      recordInputMessages(span, [{ role: 'user', content }]);
    });

    expect(conventionsMessages(span.attributes['gen_ai.input.messages'])[0]?.parts[1]).toEqual({
      type: 'blob',
      modality: 'image',
      mime_type: 'image/jpeg',
      content: '',
      ...known,
    });
    const [{ content: shown }] = JSON.parse(String(span.attributes['ai.prompt']));
    expect(shown).toEqual([content[0], { type: 'image_url', image_url: { url: said } }]);
    expect(JSON.stringify(span)).not.toContain(large.toString('base64').slice(0, 200));
    expect(JSON.stringify(span).length).toBeLessThan(3_000);
  });

  test('goes also from what is known to be no part, whatever holds it.', async () => {
    const parts = await input([{ type: 'hologram', layers: [large, { raw: large.toString('base64') }] }]);

    const mark = `[${large.length} bytes, sha256 ${known.sha256}]`;
    expect(parts).toEqual([{ type: 'hologram', layers: [mark, { raw: mark }] }]);
  });

  test('is what an answer without a text shows.', async () => {
    const answer = [{ type: 'image_generation_call', id: 'ig_1', result: large.toString('base64') }];
    const span = await onSpan((span) => {
      recordResponse(span, answer);
      const rest = { reasoning: null, refusal: null, tool_calls: [], finish_reason: 'stop' };
      recordOutputMessage(span, { content: answer, ...rest });
    });

    expect(span.attributes['ai.response']).toBe(said.replace('jpeg', 'png'));
    const [message] = conventionsMessages(span.attributes['gen_ai.output.messages']);
    expect(message?.parts.map(({ type }) => type)).toEqual(['server_tool_call', 'blob']);
    expect(message?.parts[1]).toMatchObject({ mime_type: 'image/png', ...known });
  });

  test('leaves a text that only looks like one alone.', async () => {
    const text = large.toString('base64').slice(0, 4_000);
    const span = await onSpan((span) => recordPrompt(span, [{ role: 'user', content: text }]));

    expect(JSON.parse(String(span.attributes['ai.prompt']))).toEqual([{ role: 'user', content: text }]);
  });
});

test('Of many small images each is whole or known by its hash, never cut.', async () => {
  const bytes = large.subarray(0, 1_000);
  const parts = await input(
    Array.from({ length: 20 }, () => ({ type: 'image', image: bytes, mediaType: 'image/png' })),
  );

  const sha256 = createHash('sha256').update(bytes).digest('hex');
  expect(parts).toEqual(Array.from({ length: 20 }, () => ({ ...png, content: '', size: 1_000, sha256 })));
});

test('An image by a signed address has no signature, and neither has an unknown part a secret.', async () => {
  const signed = `${url}?X-Amz-Credential=AKIAIOSFODNN7EXAMPLE&X-Amz-Signature=${known.sha256}`;
  const azure = `${url}?sv=2024-01-01&sig=${encodeURIComponent(large.subarray(0, 32).toString('base64'))}`;
  const content = [
    { type: 'image_url', image_url: { url: `${url}?Expires=1&Signature=abcDEF123~` } },
    { type: 'image_url', image_url: { url: signed } },
    { type: 'image', image: new URL(azure) },
    { type: 'hologram', api_key: 'of-the-cash-desk', depth: 3 },
  ];
  const messages = [{ role: 'user', content }];
  const span = await onSpan((span) => {
    recordPrompt(span, messages);
    recordInputMessages(span, messages);
  });
  const [{ parts = [] } = {}] = conventionsMessages(span.attributes['gen_ai.input.messages']);

  const recorded = JSON.stringify([span.attributes, span.events]);
  expect(recorded).toContain('https://pictures.example/a.png?');
  expect(recorded).not.toContain(known.sha256);
  expect(recorded).not.toContain(encodeURIComponent(large.subarray(0, 32).toString('base64')));
  expect(recorded).not.toContain('abcDEF123~');
  expect(parts[3]).toEqual({ type: 'hologram', api_key: '***REDACTED***', depth: 3 });
});

test('What tools gave has the id of its call, be it the message’s or its own, and may be of any kind.', async () => {
  const span = await onSpan((span) =>
    recordInputMessages(span, [
      { role: 'tool', tool_call_id: 'c1', content: 'Found.' },
      { role: 'tool', content: 'Found.' },
      { role: 'tool', tool_call_id: 'c2', content: [{ type: 'image_url', image_url: { url: dataUrl } }] },
      {
        role: 'tool',
        content: [{ type: 'tool-result', toolCallId: 'c3', output: { type: 'text', value: 'b' } }],
      },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: 'c4', content: 'Gone', is_error: true }],
      },
    ]),
  );
  expect(conventionsMessages(span.attributes['gen_ai.input.messages']).map(({ parts }) => parts)).toEqual([
    [{ type: 'tool_call_response', id: 'c1', response: 'Found.' }],
    [{ type: 'tool_call_response', id: null, response: 'Found.' }],
    [{ type: 'tool_call_response', id: 'c2', response: [png] }],
    [{ type: 'tool_call_response', id: 'c3', response: 'b' }],
    [{ type: 'tool_call_response', id: 'c4', response: 'Gone', is_error: true }],
  ]);
});

test('A part that is not as the conventions have it would be found out.', () => {
  const wrong = [{ role: 'user', parts: [{ type: 'blob', content: base64 }] }];
  expect(() => conventionsMessages(JSON.stringify(wrong))).toThrow('BlobPart/modality modality is required');
});

test('A refusal is recorded beside an empty text.', async () => {
  const span = await onSpan((span) =>
    recordOutputMessage(span, {
      content: '',
      refusal: 'No.',
      reasoning: null,
      tool_calls: [],
      finish_reason: 'stop',
    }),
  );
  expect(conventionsMessages(span.attributes['gen_ai.output.messages'])[0]?.parts).toEqual([
    { type: 'text', content: 'No.' },
  ]);
});

test('Nothing of any part is there with content switched off.', async () => {
  const content = [{ type: 'image_url', image_url: { url } }];
  const span = await onSpan(
    (span) => {
      recordPrompt(span, [{ role: 'user', content }]);
      recordInputMessages(span, [{ role: 'user', content }]);
      recordResponse(span, content);
    },
    { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'NO_CONTENT' },
  );
  expect([span.attributes, span.events]).toEqual([{}, []]);
});
