import type { ChatAnswer, ChatMessage } from './chat.ts';
import { maxToolCalls } from './completion.ts';
import type { Run } from './run.ts';
import { type SearchResult, searchWeb } from './web-search.ts';

/** Most rounds of tool calls before an answer is due, and most searches in all of them. */
const most = { rounds: 4, searches: 2 * maxToolCalls };

/**
 * Answers the tool calls of a step: at most eight per answer (the reader drops the others), in at most four answers,
 * and sixteen searches in all. A repeated search is made once.
 */
export function createToolRounds(run: Run, key: string, onAnswer: (answer: ChatAnswer) => void) {
  const searches = new Map<string, Promise<SearchResult>>();
  let rounds = 0;
  return {
    /** The messages that answer the reply's tool calls; null if it has none, or the limit is reached. */
    async answer({ message: { content, tool_calls } }: ChatAnswer): Promise<ChatMessage[] | null> {
      if (tool_calls.length === 0 || rounds === most.rounds || searches.size >= most.searches) return null;
      rounds += 1;
      const answered = tool_calls.filter((call) => {
        const isNew = !searches.has(call.function.arguments);
        if (isNew && searches.size >= most.searches) return false;
        if (isNew) {
          const place = `${key}/search-${rounds}-${searches.size + 1}`;
          searches.set(call.function.arguments, searchWeb(run, call, place, onAnswer));
        }
        return true;
      });
      const results = await Promise.all(answered.map((call) => searches.get(call.function.arguments)));
      return [
        {
          role: 'assistant',
          content,
          tool_calls: answered.map((call) => ({ ...call, type: 'function' })),
        },
        ...answered.map(
          ({ id }, index): ChatMessage => ({
            role: 'tool',
            tool_call_id: id,
            content: JSON.stringify(results[index]),
          }),
        ),
      ];
    },
  };
}
