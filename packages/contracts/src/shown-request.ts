import { hash } from 'node:crypto';

/** What a call's spans show of its request. */
export interface ShownRequest {
  model: string;
  /** As sent, in JSON's own types. */
  messages: unknown;
  temperature: number | null;
  seed: number | null;
}

/**
 * SHA-256 of what spans show of a request, hex: whoever made the call and whoever reads its spans come to the same. Schema and
 * token limit are not in it, since spans do not show them as they were meant: a recorded answer is held against today's
 * schema like any that arrives.
 */
export function shownRequestHash({ model, messages, temperature, seed }: ShownRequest): string {
  return hash('sha256', JSON.stringify([model, comparable(messages), temperature, seed]));
}

/** Arguments of tool calls without white space of the model's: spans show what was answered as an object. */
function comparable(messages: unknown): unknown {
  if (!Array.isArray(messages)) return messages;
  return messages.map((message: { tool_calls?: { function: { arguments: string } }[] }) =>
    Array.isArray(message?.tool_calls)
      ? { ...message, tool_calls: message.tool_calls.map(compact) }
      : message,
  );
}

function compact(call: { function: { arguments: string } }): unknown {
  try {
    const text = JSON.stringify(JSON.parse(call.function.arguments));
    return { ...call, function: { ...call.function, arguments: text } };
  } catch {
    return call;
  }
}
