import { expect, test } from 'vitest';
import { type AgentsSpan, AgentsTraceProcessor } from '../src/frameworks/openai-agents.ts';
import { recordDecision, withActive, withSpan } from '../src/index.ts';
import { conventionsMessages } from './conventions-messages.ts';
import { named, outline, tracedBy } from './traced-by.ts';

const trace = { traceId: 'trace_1', name: 'Agent workflow', groupId: 'conversation-7' };

/** Spans as the SDK hands them over: by reference, filled in as the work goes on. */
function spanOf(
  spanId: string,
  parentId: string | null,
  spanData: AgentsSpan['spanData'] & object,
): AgentsSpan {
  return { traceId: trace.traceId, spanId, parentId, spanData, error: null };
}

/** Begins and ends the span, with the work in between. */
async function during(processor: AgentsTraceProcessor, span: AgentsSpan, work = async () => {}) {
  await processor.onSpanStart(span);
  await work();
  await processor.onSpanEnd(span);
}

async function inTrace(work: (processor: AgentsTraceProcessor) => Promise<void>) {
  const processor = new AgentsTraceProcessor();
  return tracedBy(async () => {
    await processor.onTraceStart(trace);
    await work(processor);
    await processor.onTraceEnd(trace);
  });
}

test('A run is one trace of agents, model calls, tools, hand-offs and guardrails; tasks and turns have no span.', async () => {
  const spans = await inTrace(async (processor) => {
    const agent = spanOf('agent', 'task', { type: 'agent', name: 'Finder' } as AgentsSpan['spanData']);
    const called = { type: 'function', name: 'find_workshops', input: '', output: '' };
    const inTurn: [string, object][] = [
      ['generation', { type: 'generation', model: 'small' }],
      ['tool', called],
      ['handoff', { type: 'handoff', from_agent: 'Finder', to_agent: 'Judge' }],
      ['guardrail', { type: 'guardrail', name: 'short_question', triggered: true }],
      ['custom', { type: 'custom', name: 'lookup', data: { rows: 2 } }],
    ];
    await during(processor, spanOf('task', null, { type: 'task' }), () =>
      during(processor, agent, () =>
        during(processor, spanOf('turn', 'agent', { type: 'turn' }), async () => {
          for (const [id, data] of inTurn) {
            await during(processor, spanOf(id, 'turn', data as AgentsSpan['spanData']), async () => {
              if (id !== 'tool') return;
              called.input = '{"district":"Leith","api_key":"k-2931"}';
              called.output = 'two workshops';
              const decision = { kind: 'pick', candidates: [], chosen: ['a'], rejected: [], reason: 'near' };
              recordDecision(processor.spanOf({ spanId: id }), decision);
            });
          }
        }),
      ),
    );
  });

  expect(outline(spans)).toEqual([
    'Agent workflow',
    '  Finder.run',
    '    llm_call',
    '    tool.find_workshops',
    '    handoff',
    '    validation',
    '    lookup',
  ]);
  expect(named(spans, 'Agent workflow').attributes).toEqual({
    'workflow.name': 'Agent workflow',
    'session.id': 'conversation-7',
  });
  expect(named(spans, 'Finder.run').attributes).toEqual({
    'agento.genai.span_name': 'invoke_agent Finder',
    'agent.name': 'Finder',
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.agent.name': 'Finder',
  });
  expect(named(spans, 'tool.find_workshops')).toMatchObject({
    attributes: {
      'agent.name': 'Finder',
      'gen_ai.tool.name': 'find_workshops',
      'gen_ai.tool.call.arguments': '{"district":"Leith","api_key":"***REDACTED***"}',
      'gen_ai.tool.call.result': 'two workshops',
      'agento.decision.chosen': ['a'],
    },
    events: [{ name: 'agento.decision' }],
  });
  expect(named(spans, 'handoff').attributes).toMatchObject({
    'agento.handoff.from': 'Finder',
    'agento.handoff.to': 'Judge',
  });
  expect(named(spans, 'validation').attributes).toMatchObject({
    'guardrail.name': 'short_question',
    'guardrail.passed': false,
  });
  expect(named(spans, 'lookup').events).toEqual([
    { name: 'capture.lookup', attributes: { inputs: '{}', outputs: '{"rows":2}' } },
  ]);
});

test('A call of the chat completions API has its messages, answer and tokens.', async () => {
  const data = {
    type: 'generation',
    model: 'small',
    input: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: [{ type: 'text', text: 'Who repairs bicycles?' }] },
      { role: 'assistant', tool_calls: [{ id: 'c1', function: { name: 'find', arguments: '{}' } }] },
      { role: 'tool', tool_call_id: 'c1', content: 'Ann does' },
    ],
    output: [
      {
        id: 'chatcmpl-1',
        model: 'small-2026',
        choices: [{ finish_reason: 'stop', message: { content: 'Ann.' } }],
        usage: { prompt_tokens: 12, completion_tokens: 3, prompt_tokens_details: { cached_tokens: 4 } },
      },
    ],
  };
  const [call] = await inTrace((processor) => during(processor, spanOf('call', null, data)));

  expect(call).toMatchObject({ name: 'llm_call', kind: 'CLIENT' });
  expect(call?.attributes).toMatchObject({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'small',
    'gen_ai.response.model': 'small-2026',
    'gen_ai.response.id': 'chatcmpl-1',
    'gen_ai.response.finish_reasons': ['stop'],
    'gen_ai.usage.input_tokens': 12,
    'gen_ai.usage.output_tokens': 3,
    'gen_ai.usage.cache_read.input_tokens': 4,
    'ai.response': 'Ann.',
  });
  expect(JSON.parse(String(call?.attributes['gen_ai.input.messages']))).toEqual([
    { role: 'system', parts: [{ type: 'text', content: 'Be brief.' }] },
    { role: 'user', parts: [{ type: 'text', content: 'Who repairs bicycles?' }] },
    { role: 'assistant', parts: [{ type: 'tool_call', id: 'c1', name: 'find', arguments: {} }] },
    { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c1', response: 'Ann does' }] },
  ]);
});

test('A call of the responses API has the same.', async () => {
  const data = {
    type: 'response',
    _input: [
      { type: 'message', role: 'user', content: 'Who repairs bicycles?' },
      { type: 'function_call', callId: 'c1', name: 'find', arguments: '{}' },
      { type: 'function_call_result', callId: 'c1', output: { type: 'text', text: 'Ann does' } },
    ],
    _response: {
      id: 'resp_1',
      model: 'small-2026',
      instructions: 'Be brief.',
      output: [
        { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Ann it is' }] },
        { type: 'message', content: [{ type: 'output_text', text: 'Ann.' }] },
      ],
      usage: { input_tokens: 12, output_tokens: 3, output_tokens_details: { reasoning_tokens: 2 } },
    },
  };
  const [call] = await inTrace((processor) => during(processor, spanOf('call', null, data)));

  expect(call?.attributes).toMatchObject({
    'gen_ai.request.model': 'small-2026',
    'gen_ai.response.id': 'resp_1',
    'gen_ai.usage.input_tokens': 12,
    'gen_ai.usage.output_tokens': 3,
    'gen_ai.usage.reasoning.output_tokens': 2,
  });
  expect(JSON.parse(String(call?.attributes['gen_ai.input.messages']))).toEqual([
    { role: 'system', parts: [{ type: 'text', content: 'Be brief.' }] },
    { role: 'user', parts: [{ type: 'text', content: 'Who repairs bicycles?' }] },
    { role: 'assistant', parts: [{ type: 'tool_call', id: 'c1', name: 'find', arguments: {} }] },
    { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c1', response: 'Ann does' }] },
  ]);
  expect(JSON.parse(String(call?.attributes['gen_ai.output.messages']))).toEqual([
    {
      role: 'assistant',
      parts: [
        { type: 'reasoning', content: 'Ann it is' },
        { type: 'text', content: 'Ann.' },
      ],
      finish_reason: 'stop',
    },
  ]);
});

test('What is told twice, as to a processor that is registered twice, is recorded once.', async () => {
  const processor = new AgentsTraceProcessor();
  const begun: string[] = [];
  const twice = async (tell: () => Promise<void>) => {
    await tell();
    begun.push(processor.spanOf({ spanId: 'call' }).spanContext().spanId);
    await tell();
  };
  const call = spanOf('call', null, {
    type: 'generation',
    input: [{ role: 'user', content: 'Who?' }],
  } as never);
  const spans = await tracedBy(async () => {
    await twice(() => processor.onTraceStart(trace));
    await twice(() => processor.onSpanStart(call));
    await twice(() => processor.onSpanEnd(call));
    await twice(() => processor.onTraceEnd(trace));
  });
  expect(outline(spans)).toEqual(['Agent workflow', '  llm_call']);
  expect(named(spans, 'llm_call').spanId).toBe(begun[1]);
  expect(named(spans, 'llm_call').events.map(({ name }) => name)).toEqual(['full_prompt']);
});

test('What is below a span that has ended belongs to its trace.', async () => {
  const spans = await inTrace(async (processor) => {
    await during(processor, spanOf('agent', null, { type: 'agent' }));
    await during(processor, spanOf('late', 'agent', { type: 'generation' }));
  });
  expect(outline(spans)).toEqual(['Agent workflow', '  agent.run', '  llm_call']);
});

test('What failed is marked as failed, with its reason.', async () => {
  const tool = {
    ...spanOf('tool', null, { type: 'function' }),
    error: { message: 'Error running tool', data: { error: 'no such district' } },
  };
  const spans = await inTrace((processor) => during(processor, tool));
  expect(named(spans, 'tool.function').status).toEqual({
    code: 'ERROR',
    message: 'Error running tool: no such district',
  });
});

test('A run belongs to the span it begins in, and what is opened by hand inside a tool to that.', async () => {
  const processor = new AgentsTraceProcessor();
  const spans = await tracedBy(() =>
    withSpan({ name: 'question' }, async () => {
      await processor.onTraceStart(trace);
      await during(processor, spanOf('tool', null, { type: 'function' }), () =>
        withActive(processor.spanOf({ spanId: 'tool' }), () =>
          withSpan({ name: 'lookup' }, () =>
            during(processor, spanOf('call', 'tool', { type: 'generation' })),
          ),
        ),
      );
      await processor.onTraceEnd(trace);
    }),
  );
  expect(outline(spans)).toEqual([
    'question',
    '  Agent workflow',
    '    tool.function',
    '      lookup',
    '        llm_call',
  ]);
});

test('Malformed spans never fail the run, and whatever began ends.', async () => {
  const unreadable = Object.create(null);
  const malformed: object[] = [
    { type: 'handoff', from_agent: unreadable },
    {
      type: 'generation',
      get input() {
        throw new Error('gone');
      },
      output: [
        {
          id: unreadable,
          choices: [
            {
              message: { tool_calls: [{ id: unreadable, function: { name: 'find', arguments: { a: 1 } } }] },
            },
          ],
          usage: { prompt_tokens: Number.NaN, completion_tokens: 3 },
        },
      ],
    },
    { type: 'guardrail', name: unreadable },
    { type: unreadable },
    { type: 'generation', input: [null, 7], output: [{ choices: [{ message: { tool_calls: [null] } }] }] },
    {
      type: 'response',
      get _response() {
        throw new Error('gone');
      },
    },
  ];
  const spans = await inTrace(async (processor) => {
    for (const [at, data] of malformed.entries())
      await during(processor, spanOf(`span-${at}`, null, data as AgentsSpan['spanData']));
    await processor.onSpanEnd(spanOf('never-begun', null, { type: 'agent' }));
    for (const none of [undefined, null] as unknown as AgentsSpan[]) {
      await processor.onSpanStart(none);
      await processor.onSpanEnd(none);
    }
  });

  expect(spans.map(({ name }) => name).toSorted()).toEqual(
    expect.arrayContaining(['Agent workflow', 'handoff', 'llm_call', 'llm_call', 'llm_call', 'validation']),
  );
  const answered = named(spans, 'llm_call').attributes;
  expect(answered).toMatchObject({ 'gen_ai.usage.output_tokens': 3 });
  expect(answered).not.toHaveProperty('gen_ai.usage.input_tokens');
  expect(JSON.parse(String(answered['gen_ai.output.messages']))[0].parts[0]).toMatchObject({
    name: 'find',
    arguments: { a: 1 },
  });
});

const bytes = Buffer.from(Array.from({ length: 4_000 }, (_, at) => (at * 7_919) % 251));
const base64 = bytes.toString('base64');
const bytesAre = { content: '', size: 4_000, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) };

test('Images and sounds of either API are parts of the convention, and bytes are nowhere.', async () => {
  const chat = {
    type: 'generation',
    input: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is it?' },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${base64}` } },
        ],
      },
      { role: 'assistant', content: null, audio: { id: 'audio_0' } },
    ],
    output: [
      {
        choices: [
          {
            finish_reason: 'stop',
            message: { content: null, audio: { data: base64, transcript: 'A cat.' } },
          },
        ],
      },
    ],
  };
  const responses = {
    type: 'response',
    _input: [
      {
        type: 'message',
        role: 'user',
        content: [
          { type: 'input_text', text: 'Draw it' },
          { type: 'input_image', image: `data:image/png;base64,${base64}` },
          { type: 'input_file', file: { id: 'file-1' } },
        ],
      },
      { type: 'hosted_tool_call', id: 'h1', name: 'web_search_call', status: 'completed' },
      {
        type: 'function_call_result',
        callId: 'c1',
        output: [{ type: 'input_image', image: { id: 'file-2' } }],
      },
    ],
    _response: {
      output: [
        { type: 'image_generation_call', id: 'ig_1', status: 'completed', result: base64 },
        { type: 'message', content: [{ type: 'refusal', refusal: 'No more.' }] },
      ],
    },
  };
  const spans = await inTrace(async (processor) => {
    await during(processor, spanOf('chat', null, chat));
    await during(processor, spanOf('responses', null, responses));
    const result = { type: 'function', name: 'draw', input: '{}', output: `{"image":"${base64}"}` };
    await during(processor, spanOf('tool', null, result));
  });

  const [first, second] = spans.filter(({ name }) => name === 'llm_call');
  const messages = (span: typeof first, way: string) =>
    conventionsMessages(span?.attributes[`gen_ai.${way}.messages`]).map(({ parts }) => parts);
  const png = { type: 'blob', modality: 'image', mime_type: 'image/png', ...bytesAre };
  expect(messages(first, 'input')).toEqual([
    [{ type: 'text', content: 'What is it?' }, png],
    [{ type: 'file', modality: 'audio', file_id: 'audio_0' }],
  ]);
  expect(messages(first, 'output')).toEqual([
    [{ type: 'blob', modality: 'audio', ...bytesAre, transcript: 'A cat.' }],
  ]);
  expect(messages(second, 'input')).toEqual([
    [{ type: 'text', content: 'Draw it' }, png, { type: 'file', modality: 'document', file_id: 'file-1' }],
    [
      {
        type: 'server_tool_call',
        id: 'h1',
        name: 'web_search_call',
        server_tool_call: { type: 'web_search_call', name: 'web_search_call', status: 'completed' },
      },
    ],
    [
      {
        type: 'tool_call_response',
        id: 'c1',
        response: [{ type: 'file', modality: 'image', file_id: 'file-2' }],
      },
    ],
  ]);
  expect(messages(second, 'output')).toEqual([
    [
      {
        type: 'server_tool_call',
        id: 'ig_1',
        name: 'image_generation',
        server_tool_call: { type: 'image_generation', status: 'completed' },
      },
      png,
      { type: 'text', content: 'No more.' },
    ],
  ]);
  expect(second?.attributes['ai.response']).toBe('No more.');
  expect(named(spans, 'tool.draw').attributes['gen_ai.tool.call.result']).toMatch(
    /^\{"image":"\[4000 bytes, sha256 [0-9a-f]{64}\]"\}$/,
  );
  expect(JSON.stringify(spans)).not.toContain(base64.slice(0, 100));
});
