import { hash } from 'node:crypto';
import type { AgentCall } from './agent-call.ts';
import { searchAgentWith, searchQuery } from './agents/search-agent.ts';
import type { ChatRequest, OfferedTool } from './chat-request.ts';
import { shorten } from './language/text.ts';
import { minimalInstance } from './minimal-instance.ts';
import { offlineModelName } from './names.ts';

export interface ToolCall {
  id: string;
  type: 'function';
  function: { name: string; arguments: string };
}

export interface Annotation {
  type: 'url_citation';
  url_citation: { url: string; title: string; start_index: number; end_index: number };
}

/** The assistant's message and its finish reason. */
export interface Answer {
  content: string | null;
  refusal?: string;
  tool_calls?: ToolCall[];
  annotations?: Annotation[];
  finish_reason: 'stop' | 'length' | 'tool_calls';
}

const searchTool = 'web_search';

/** Answers by the agent's rule; without an agent, says what it is. */
export function answerTo(chat: ChatRequest, call: AgentCall | undefined): Answer {
  if (call?.name === 'SearchAgent') return searchAnswer(chat, call);
  if (call) return spoken(JSON.stringify(call.rule.answer(call.input, call.name)));
  if (chat.webSearch) return webSearchAnswer(chat);
  const next = nextTool(chat);
  if (next) return calling(next.name, JSON.stringify(minimalInstance(next.parameters) ?? {}));
  if (chat.format === 'json_schema') return spoken(JSON.stringify(minimalInstance(chat.schema)));
  if (chat.format === 'json_object') return spoken(JSON.stringify({ answer: introduction }));
  return spoken(introduction);
}

const introduction = `This is Agento’s offline model, ${offlineModelName}. It answers Agento’s own agents by stated rules and has nothing to say on anything else.`;

function spoken(content: string): Answer {
  return { content, finish_reason: 'stop' };
}

/** With the search tool and no result yet, SearchAgent calls it; with results it answers from them. */
function searchAnswer(chat: ChatRequest, { name, rule, input }: AgentCall): Answer {
  const brief = {
    goal: String(input.goal),
    ...(typeof input.context === 'string' && { context: input.context }),
  };
  const results = chat.messages.filter(({ role }) => role === 'tool').map(({ content }) => content);
  if (results.length > 0) return spoken(JSON.stringify(searchAgentWith(brief, results.join('\n'))));
  if (!chat.tools.some((tool) => tool.name === searchTool))
    return spoken(JSON.stringify(rule.answer(input, name)));
  return calling(searchTool, JSON.stringify({ query: searchQuery(brief) }));
}

/** The offered tools are called in turn: the first that has no result yet in answer to the last user message. */
function nextTool({ messages, tools }: ChatRequest): OfferedTool | undefined {
  const since = messages.findLastIndex(({ role }) => role === 'user');
  return tools[messages.slice(since + 1).filter(({ role }) => role === 'tool').length];
}

function calling(name: string, parameters: string): Answer {
  const id = `call_${hash('sha256', name + parameters).slice(0, 24)}`;
  const call: ToolCall = { id, type: 'function', function: { name, arguments: parameters } };
  return { content: null, tool_calls: [call], finish_reason: 'tool_calls' };
}

/** A search that looks nothing up and says so, citing addresses that cannot exist. */
function webSearchAnswer(chat: ChatRequest): Answer {
  const asked = chat.messages.findLast(({ role }) => role === 'user')?.content ?? '';
  const question = shorten(asked.replace(/["“”]/g, ''), 120) || 'nothing';
  let content = 'Nothing was looked up: this is the offline model, which knows no page.';
  const annotations = [
    ['what-was-asked', `The question was “${question}”.`],
    ['what-was-found', 'No page was opened for it, so there is no finding.'],
  ].map(([slug = '', sentence = '']): Annotation => {
    const start_index = content.length + 1;
    content += `\n${sentence}`;
    const url = `https://offline.agento.invalid/${slug}`;
    const title = 'Offline model: no page was opened';
    return { type: 'url_citation', url_citation: { url, title, start_index, end_index: content.length } };
  });
  return { content, annotations, finish_reason: 'stop' };
}
