import { attribute, setContent } from '@agento/tracing';
import { withMeasuredSpan } from '@agento/tracing/metrics';
import type OpenAI from 'openai';
import Type from 'typebox';
import type { ChatAnswer } from './chat.ts';
import { pick } from './pick.ts';
import { readJson } from './read-json.ts';
import type { Run } from './run.ts';

/** How much of a search result is passed on, in characters. */
const mostText = 65_536;

/** The tool offered to a model that may search the web. */
export const webSearchTool: OpenAI.Chat.Completions.ChatCompletionFunctionTool = {
  type: 'function',
  function: {
    name: 'web_search',
    description:
      'Searches the web with the provider’s own search and returns what was found, with its sources.',
    parameters: {
      type: 'object',
      properties: { query: { type: 'string', description: 'What to look for, as a short question' } },
      required: ['query'],
      additionalProperties: false,
    },
    strict: true,
  },
};

const Arguments = Type.Object({ query: Type.Optional(Type.String()) });

/** A search result: text, and the pages it is based on. */
export interface SearchResult {
  text: string;
  sources: { title: string; url: string }[];
}

/** Answers one tool call with the provider's web search, in an `execute_tool` span. */
export function searchWeb(
  run: Run,
  call: { id: string; function: { name: string; arguments: string } },
  key: string,
  onAnswer: (answer: ChatAnswer) => void,
): Promise<SearchResult> {
  return withMeasuredSpan(
    {
      name: `execute_tool ${call.function.name}`,
      attributes: {
        [attribute.step]: 'tool.call',
        [attribute.genAiOperation]: 'execute_tool',
        [attribute.genAiToolName]: call.function.name,
        [attribute.genAiToolType]: webSearchTool.type,
        [attribute.genAiToolCallId]: call.id,
      },
    },
    (operation) => run.count?.(operation),
    async (span) => {
      setContent(span, attribute.genAiToolArguments, call.function.arguments);
      const { settings } = run.models;
      const answer = await run.budget.within(
        settings.searchModel,
        (begin) =>
          run.models.chat({
            model: settings.searchModel,
            messages: [{ role: 'user', content: queryOf(call.function.arguments) }],
            extra: { web_search_options: {} },
            runId: run.id,
            key,
            signal: run.signal,
            journal: run.journal,
            begin,
            ownRecord: true,
          }),
        onAnswer,
      );
      const result = { text: (answer.message.content ?? '').slice(0, mostText), sources: answer.annotations };
      setContent(span, attribute.genAiToolResult, result);
      return result;
    },
  );
}

/** The query in the arguments; arguments that are not such JSON are themselves the query. */
function queryOf(given: string): string {
  try {
    const { query = given } = pick(Arguments, readJson(given)) ?? {};
    return query.slice(0, mostText);
  } catch {
    return given.slice(0, mostText);
  }
}
