import { type SearchAnswer, searchStep } from '@agento/contracts';
import type { EndedOperation } from '@agento/tracing/metrics';
import { afterEach, describe, expect, test } from 'vitest';
import { ask, defineAgent, type Run } from '../src/index.ts';
import { closeAll, harness } from './harness.ts';
import type { Reply, RequestBody } from './scripted-model.ts';

afterEach(closeAll);

const agent = defineAgent(searchStep, new URL('./fixtures/search-agent.md', import.meta.url), {
  searches: true,
});
const search = (run: Run) =>
  ask(run, agent, {
    input: { goal: 'Open a repair café' },
    make: (answer) => answer,
    outcome: ({ sources }) => ({
      summary: `${sources.length} sources`,
      attributes: { 'agento.sources.count': sources.length },
    }),
  });

const toolCall = {
  id: 'call_1',
  type: 'function',
  function: { name: 'web_search', arguments: '{"query":"repair café success"}' },
};
const source = { title: 'Repair Café International', url: 'https://www.repaircafe.org/en/' };
const found = {
  text: 'Most open once a month.',
  sources: [source],
};
const briefing: SearchAnswer = {
  summary: 'Once a month is common.',
  sources: [{ ...source, note: 'The movement itself.' }],
};

/** The provider: asks for one search, finds one thing, then writes the briefing. */
function provider(body: RequestBody): Reply {
  if (body.web_search_options) {
    const annotations = [{ type: 'url_citation', url_citation: { start_index: 0, end_index: 4, ...source } }];
    return { content: found.text, message: { annotations } };
  }
  if (body.messages.some(({ role }) => role === 'tool')) return { content: briefing };
  return { content: '', message: { content: null, tool_calls: [toolCall] }, finishReason: 'tool_calls' };
}

describe('An agent that may search the web', () => {
  test('is offered the tool, and what was found goes back to it.', async () => {
    const { model, run } = await harness(provider, {
      AGENTO_SEARCH: 'openai',
      AGENTO_SEARCH_MODEL: 'search-1',
    });

    expect(await search(run)).toEqual(briefing);

    const [first, searched, second] = model.bodies;
    expect(model.bodies).toHaveLength(3);
    expect(first?.tools?.map((tool) => tool.function.name)).toEqual(['web_search']);
    expect(searched).toEqual({
      model: 'search-1',
      messages: [{ role: 'user', content: 'repair café success' }],
      max_completion_tokens: 8192,
      web_search_options: {},
    });
    expect(second?.messages).toEqual([
      ...(first?.messages ?? []),
      { role: 'assistant', content: null, tool_calls: [toolCall] },
      { role: 'tool', tool_call_id: 'call_1', content: JSON.stringify(found) },
    ]);
  });

  test('is counted with its tool, each by the span of its own.', async () => {
    const { run, span } = await harness(provider, {
      AGENTO_SEARCH: 'openai',
      AGENTO_SEARCH_MODEL: 'search-1',
    });
    const counted: EndedOperation[] = [];

    await search({ ...run, count: (operation) => counted.push(operation) });

    const idsOf = (name: string) => ({ trace_id: span(name).traceId, span_id: span(name).spanId });
    expect(counted).toMatchObject([
      {
        attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'web_search' },
        errorType: null,
        span: idsOf('execute_tool web_search'),
      },
      {
        attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'SearchAgent' },
        errorType: null,
        span: idsOf('search_agent'),
      },
    ]);
  });

  test('has a tool span with arguments and result, the search call below it, and every token counted.', async () => {
    const { run, spans, span } = await harness(provider, {
      AGENTO_SEARCH: 'openai',
      AGENTO_SEARCH_MODEL: 'search-1',
    });

    await search(run);

    const step = span('search_agent');
    const tool = span('execute_tool web_search');
    expect(spans().map(({ name, parentSpanId }) => [name, parentSpanId])).toEqual([
      ['chat small-1', step.spanId],
      ['chat search-1', tool.spanId],
      ['execute_tool web_search', step.spanId],
      ['chat small-1', step.spanId],
      ['search_agent', null],
    ]);
    expect(tool.attributes).toEqual({
      'agent.name': 'SearchAgent',
      'agento.step': 'tool.call',
      'agento.step.name': 'search_agent',
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'web_search',
      'gen_ai.tool.type': 'function',
      'gen_ai.tool.call.id': 'call_1',
      'gen_ai.tool.call.arguments': '{"query":"repair café success"}',
      'gen_ai.tool.call.result': JSON.stringify(found),
    });
    const [asked, searched, answered] = spans().filter(({ name }) => name.startsWith('chat'));
    expect(JSON.parse(String(asked?.attributes['gen_ai.output.messages']))).toEqual([
      {
        role: 'assistant',
        parts: [
          {
            type: 'tool_call',
            id: 'call_1',
            name: 'web_search',
            arguments: { query: 'repair café success' },
          },
        ],
        finish_reason: 'tool_call',
      },
    ]);
    const offered = '[{"type":"function","name":"web_search"}]';
    expect(
      [asked, searched, answered].map((chat) => [
        chat?.attributes['gen_ai.tool.definitions'],
        chat?.attributes['gen_ai.prompt.name'],
      ]),
    ).toEqual([
      [offered, 'SearchAgent'],
      [undefined, undefined],
      [offered, 'SearchAgent'],
    ]);
    expect(searched?.attributes).toMatchObject({
      'gen_ai.output.type': 'text',
      'agent.name': 'SearchAgent',
      'agento.call.key': 'm3/search_agent/SearchAgent/search-1-1',
      'ai.response': found.text,
    });
    // The tool's round is a conversation of its own: prompt and answer stand on its span.
    expect(JSON.parse(String(answered?.attributes['ai.prompt'])).at(-1)).toEqual({
      role: 'tool',
      tool_call_id: 'call_1',
      content: JSON.stringify(found),
    });
    expect(
      run.ledger.entries().map(({ model, calls, input_tokens }) => [model, calls, input_tokens]),
    ).toEqual([
      ['small-1-2026-01-01', 2, 200],
      ['search-1-2026-01-01', 1, 100],
    ]);
  });

  test('is not offered the tool unless it was configured.', async () => {
    const { model, run } = await harness([{ content: briefing }]);

    await search(run);

    expect(model.bodies.map(({ tools }) => tools)).toEqual([undefined]);
  });

  test('that never stops searching is told so like any other answer that is none.', async () => {
    const { model, run } = await harness(
      (body) =>
        body.web_search_options
          ? { content: 'Nothing.' }
          : { content: '', message: { content: null, tool_calls: [toolCall] } },
      { AGENTO_SEARCH: 'openai' },
    );

    await expect(search(run)).rejects.toMatchObject({ code: 'answer_invalid' });
    // Four rounds of the same search, which is made once; then the answer is due, and no tool may be called.
    expect(model.bodies.filter(({ web_search_options }) => web_search_options)).toHaveLength(1);
    expect(model.bodies.filter(({ tools }) => tools)).toHaveLength(6);
    expect(model.bodies.at(-1)).toMatchObject({ tool_choice: 'none' });
    expect(model.bodies.at(-1)?.messages.at(-1)?.content).toContain(
      '- the whole answer: no further tool call is answered: answer with the JSON object itself\n',
    );
  });
});
