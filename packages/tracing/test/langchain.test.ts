import { expect, test } from 'vitest';
import { LangChainHandler } from '../src/frameworks/langchain.ts';
import { recordDecision, withActive, withSpan } from '../src/index.ts';
import { conventionsMessages } from './conventions-messages.ts';
import { named, outline, tracedBy } from './traced-by.ts';

/** A message as LangChain's classes have it. */
function message(type: string, content: unknown, rest: object = {}) {
  return { type, content, getType: () => type, ...rest };
}

const question = message('human', [{ type: 'text', text: 'Who repairs bicycles?' }]);
const call = message('ai', '', { tool_calls: [{ id: 'c1', name: 'find', args: { district: 'Leith' } }] });
const found = message('tool', 'Ann does', { tool_call_id: 'c1' });
const answer = message('ai', 'Ann.', {
  id: 'chatcmpl-1',
  usage_metadata: { input_tokens: 12, output_tokens: 3, input_token_details: { cache_read: 4 } },
  response_metadata: { model_name: 'small-2026', finish_reason: 'stop' },
});
const graph = { id: ['langgraph', 'pregel', 'CompiledStateGraph'] };
const sequence = { id: ['langchain_core', 'runnables', 'RunnableSequence'] };
const inNode = { langgraph_node: 'ask', ls_model_name: 'small', ls_provider: 'openai' };
/** The config LangChain gives to what runs as `id`. */
const configOf = (id: string) => ({ callbacks: { getParentRunId: () => id } });

/** A graph `Finder` with a node `ask`, around the work. */
async function inGraph(handler: LangChainHandler, work: () => Promise<void> | void) {
  handler.handleChainStart(graph, { messages: [question] }, 'g', undefined, [], {}, undefined, 'Finder');
  handler.handleChainStart(sequence, {}, 'n', 'g', ['graph:step:1'], inNode, undefined, 'ask');
  await work();
  handler.handleChainEnd({ messages: [answer] }, 'n');
  handler.handleChainEnd({ messages: [question, answer], passed: true }, 'g');
}

test('A graph is one trace of nodes, model calls and tools; runnables that connect them have no span.', async () => {
  const handler = new LangChainHandler();
  const spans = await tracedBy(() =>
    inGraph(handler, () => {
      handler.handleChainStart(sequence, {}, 's', 'n', ['seq:step:1'], inNode, undefined, 'RunnableLambda');
      handler.handleChatModelStart({}, [[question, call, found]], 'm', 's', {}, [], inNode);
      handler.handleLLMEnd({ generations: [[{ text: 'Ann.', message: answer }]] }, 'm');
      handler.handleToolStart({}, '{"district":"Leith","api_key":"k-2931"}', 't', 's', [], {}, 'find', 'c1');
      const decision = { kind: 'pick', candidates: [], chosen: ['a'], rejected: [], reason: 'near' };
      recordDecision(handler.spanOf(configOf('t')), decision);
      handler.handleToolEnd(found, 't');
      handler.handleChainEnd({}, 's');
    }),
  );

  expect(outline(spans)).toEqual(['Finder.run', '  ask', '    llm_call', '    tool.find']);
  expect(named(spans, 'Finder.run').attributes).toEqual({
    'agento.genai.span_name': 'invoke_agent Finder',
    'agent.name': 'Finder',
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.agent.name': 'Finder',
    'agent.input': '{"messages":[{"role":"user","content":"Who repairs bicycles?"}]}',
    'agent.output':
      '{"messages":[{"role":"user","content":"Who repairs bicycles?"},{"role":"assistant","content":"Ann."}],"passed":true}',
  });
  expect(named(spans, 'ask').events).toEqual([
    {
      name: 'capture.ask',
      attributes: { inputs: '{}', outputs: '{"messages":[{"role":"assistant","content":"Ann."}]}' },
    },
  ]);
  const asked = named(spans, 'llm_call').attributes;
  expect(asked).toMatchObject({
    'agent.name': 'Finder',
    purpose: 'ask',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'small',
    'gen_ai.response.model': 'small-2026',
    'gen_ai.response.id': 'chatcmpl-1',
    'gen_ai.usage.input_tokens': 12,
    'gen_ai.usage.output_tokens': 3,
    'gen_ai.usage.cache_read.input_tokens': 4,
    'ai.response': 'Ann.',
  });
  expect(JSON.parse(String(asked['gen_ai.input.messages']))).toEqual([
    { role: 'user', parts: [{ type: 'text', content: 'Who repairs bicycles?' }] },
    {
      role: 'assistant',
      parts: [{ type: 'tool_call', id: 'c1', name: 'find', arguments: { district: 'Leith' } }],
    },
    { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c1', response: 'Ann does' }] },
  ]);
  expect(named(spans, 'tool.find')).toMatchObject({
    attributes: {
      'gen_ai.tool.call.id': 'c1',
      'gen_ai.tool.call.arguments': '{"district":"Leith","api_key":"***REDACTED***"}',
      'gen_ai.tool.call.result': 'Ann does',
      'agento.decision.chosen': ['a'],
    },
    events: [{ name: 'agento.decision' }],
  });
});

test('A graph belongs to the span it is invoked in, and what is opened by hand inside a node to that.', async () => {
  const handler = new LangChainHandler();
  const spans = await tracedBy(() =>
    withSpan({ name: 'question' }, () =>
      inGraph(handler, () =>
        withActive(handler.spanOf(configOf('n')), () =>
          withSpan({ name: 'lookup' }, async () => {
            handler.handleLLMStart({}, ['Who?'], 'm', 'n');
            handler.handleLLMEnd({ generations: [[{ text: 'Ann.' }]] }, 'm');
          }),
        ),
      ),
    ),
  );
  expect(outline(spans)).toEqual(['question', '  Finder.run', '    ask', '      lookup', '        llm_call']);
  expect(named(spans, 'llm_call').attributes).toMatchObject({
    'ai.prompt': '[{"role":"user","content":"Who?"}]',
    'ai.response': 'Ann.',
  });
});

test('What a retriever asks a model belongs to its run, and after the retriever nothing does.', async () => {
  const handler = new LangChainHandler();
  const spans = await tracedBy(() =>
    inGraph(handler, () => {
      for (const end of [
        () => handler.handleRetrieverEnd([], 'r'),
        () => handler.handleRetrieverError('no', 'r'),
      ]) {
        handler.handleRetrieverStart({}, 'Leith', 'r', 'n');
        handler.handleLLMStart({}, ['Other words for Leith?'], 'm', 'r');
        handler.handleLLMEnd({ generations: [[{ text: 'Port' }]] }, 'm');
        end();
        expect(handler.spanOf(configOf('r')).isRecording()).toBe(false);
      }
    }),
  );
  expect(outline(spans)).toEqual(['Finder.run', '  ask', '    llm_call', '    llm_call']);
});

test('What failed is marked as failed; a graph that waits for a person is not.', async () => {
  const handler = new LangChainHandler();
  const spans = await tracedBy(async () => {
    handler.handleChainStart(graph, {}, 'g', undefined, [], {}, undefined, 'Finder');
    handler.handleToolStart({ id: ['tools', 'Find'] }, 'Leith', 't', 'g');
    handler.handleToolError(new TypeError('no such district'), 't');
    handler.handleChatModelStart({}, [[question]], 'm', 'g');
    handler.handleLLMError(new Error('overloaded'), 'm');
    handler.handleChainError(Object.assign(new Error('waits'), { is_bubble_up: true }), 'g');
  });
  expect(spans.map(({ name, status }) => [name, status])).toEqual([
    ['tool.Find', { code: 'ERROR', message: 'no such district' }],
    ['llm_call', { code: 'ERROR', message: 'overloaded' }],
    ['Finder.run', { code: 'UNSET' }],
  ]);
});

test('What LangChain’s classes do not promise throws nowhere: spans begin, end, and keep what could be read.', async () => {
  const handler = new LangChainHandler();
  const spans = await tracedBy(async () => {
    handler.handleLLMStart({}, undefined, 'l', undefined, {}, [], inNode);
    handler.handleLLMEnd({ generations: [[null]] }, 'l');
    handler.handleChatModelStart({}, null, 'm');
    handler.handleLLMError(Object.create(null), 'm');
    handler.handleToolStart(null, '{', 't', 'nobody', [], {}, 5 as never);
    handler.spanOf({ callbacks: { getParentRunId: 't' } }).addEvent('asked');
    handler.handleToolEnd(undefined, 't');
    handler.handleToolEnd('twice', 't');
    handler.handleChainEnd({}, 'never begun');
  });
  expect(spans.map(({ name }) => name)).toEqual(['llm_call', 'llm_call', 'tool.tool']);
  expect(spans[1]?.status).toEqual({ code: 'ERROR', message: 'what was thrown has no text' });
});

test('What a state, a tool or a model leaves out, or has no JSON for, costs nothing else.', async () => {
  const handler = new LangChainHandler();
  const secretive = {
    n: 1,
    get gone() {
      throw Object.create(null);
    },
  };
  const spans = await tracedBy(async () => {
    handler.handleChainStart(graph, secretive, 'g', undefined, [], {}, undefined, 'Finder');
    handler.handleToolStart({}, '12345678901234567890', 't', 'g');
    handler.handleToolEnd({ content: { rows: 2 } }, 't');
    handler.handleLLMStart({}, ['Who?'], 'l', 'g');
    const usage = { promptTokens: 7, completionTokens: Number.NaN };
    handler.handleLLMEnd({ generations: [[{ text: 'Ann.' }]], llmOutput: { tokenUsage: usage } }, 'l');
    handler.handleChainEnd([answer], 'g');
  });
  expect(named(spans, 'Finder.run').attributes).toMatchObject({
    'agent.input': '[not recorded: what was thrown has no text]',
    'agent.output': '[{"role":"assistant","content":"Ann."}]',
  });
  expect(named(spans, 'tool.tool').attributes).toMatchObject({
    'gen_ai.tool.call.arguments': '12345678901234567890',
    'gen_ai.tool.call.result': '{"content":{"rows":2}}',
  });
  const { attributes } = named(spans, 'llm_call');
  expect(attributes).toMatchObject({ 'gen_ai.usage.input_tokens': 7, 'ai.response': 'Ann.' });
  expect(attributes).not.toHaveProperty('gen_ai.usage.output_tokens');
});

test('Images, files and sounds of messages are parts of the convention, and bytes are nowhere.', async () => {
  const bytes = Buffer.from(Array.from({ length: 4_000 }, (_, at) => (at * 7_919) % 251));
  const data = bytes.toString('base64');
  const shown = message('human', [
    { type: 'text', text: 'What is it?' },
    { type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } },
    {
      type: 'image',
      source_type: 'url',
      url: 'https://pictures.example/a.png?sig=1f2e3d4c5b6a798800111f2e3d4c5b6a79880011abc%3D',
    },
    { type: 'file', source_type: 'id', id: 'file-1', mime_type: 'application/pdf' },
  ]);
  const drawn = { type: 'image_generation_call', id: 'ig_1', result: data, output_format: 'png' };
  const spoken = message('ai', '', {
    additional_kwargs: { tool_outputs: [drawn], audio: { id: 'audio_1', data, transcript: 'A cat.' } },
  });
  const handler = new LangChainHandler();
  const spans = await tracedBy(async () => {
    handler.handleChainStart(graph, { messages: [shown] }, 'g', undefined, [], {}, undefined, 'Finder');
    handler.handleChatModelStart({}, [[shown]], 'm', 'g');
    handler.handleLLMEnd({ generations: [[{ text: '', message: spoken }]] }, 'm');
    handler.handleToolStart({}, '{}', 't', 'g', [], {}, 'draw', 'c1');
    const image = { type: 'image', source_type: 'base64', mime_type: 'image/png', data };
    handler.handleToolEnd(message('tool', [image]), 't');
    handler.handleChainEnd({ messages: [shown, spoken] }, 'g');
  });

  const { attributes } = named(spans, 'llm_call');
  const bytesAre = { content: '', size: 4_000, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) };
  expect(conventionsMessages(attributes['gen_ai.input.messages'])[0]?.parts).toEqual([
    { type: 'text', content: 'What is it?' },
    { type: 'blob', modality: 'image', mime_type: 'image/png', ...bytesAre },
    { type: 'uri', modality: 'image', uri: expect.stringMatching(/^https:\/\/pictures\.example\/a\.png\?/) },
    { type: 'file', modality: 'document', mime_type: 'application/pdf', file_id: 'file-1' },
  ]);
  expect(conventionsMessages(attributes['gen_ai.output.messages'])[0]?.parts).toEqual([
    {
      type: 'server_tool_call',
      id: 'ig_1',
      name: 'image_generation',
      server_tool_call: { type: 'image_generation', output_format: 'png' },
    },
    { type: 'blob', modality: 'image', mime_type: 'image/png', ...bytesAre },
    { type: 'blob', modality: 'audio', ...bytesAre, transcript: 'A cat.' },
  ]);
  expect(attributes['ai.response']).toMatch(
    /^\[image\/png, 4000 bytes, sha256 [0-9a-f]{64}\] \[audio, 4000 bytes/,
  );
  expect(named(spans, 'tool.draw').attributes['gen_ai.tool.call.result']).toMatch(
    /"data":"\[4000 bytes, sha256/,
  );
  const recorded = JSON.stringify(spans);
  expect(recorded).not.toContain(data.slice(0, 100));
  expect(recorded).not.toContain('1f2e3d4c5b6a79880011');
});
