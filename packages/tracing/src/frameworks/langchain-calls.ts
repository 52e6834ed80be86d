import type { SentMessage } from '../genai.ts';
import { asJson } from '../library/fields.ts';
import type { ModelAnswer } from '../library/model-call.ts';
import { toText } from '../payload.ts';
import { contentOf, type Fields, fieldsOf, known, listOf, numberOf, stringOf } from './unknown.ts';

const roles: Record<string, string> = { human: 'user', ai: 'assistant' };

/** A message of LangChain, as it is sent to a model. */
export function messageOf(value: unknown): SentMessage {
  const message = fieldsOf(value);
  const type = stringOf(message.type) ?? stringOf(message.role) ?? 'user';
  const calls = toolCallsOf(message);
  return {
    role: roles[type] ?? type,
    content: contentOf(message.content),
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(typeof message.tool_call_id === 'string' && { tool_call_id: message.tool_call_id }),
  };
}

function toolCallsOf(message: Fields): NonNullable<SentMessage['tool_calls']> {
  return listOf(message.tool_calls)
    .map(fieldsOf)
    .map(({ id, name, args }) => ({
      id: toText(id),
      function: { name: toText(name), arguments: toText(args) },
    }));
}

/** The first answer of an LLMResult; a model that is no chat model has a text and no message. */
export function answerOf(result: unknown): ModelAnswer {
  const [generation] = listOf(listOf(fieldsOf(result).generations)[0]).map(fieldsOf);
  const message = fieldsOf(generation?.message);
  const usage = fieldsOf(message.usage_metadata);
  // Of the models that say nothing of it in their messages.
  const total = fieldsOf(fieldsOf(fieldsOf(result).llmOutput).tokenUsage);
  const metadata = fieldsOf(message.response_metadata);
  return known<ModelAnswer>({
    content: generation?.message ? contentOf(message.content) : contentOf(generation?.text),
    toolCalls: toolCallsOf(message),
    id: stringOf(message.id),
    model: stringOf(metadata.model_name) ?? stringOf(metadata.model),
    finishReason: stringOf(metadata.finish_reason) ?? stringOf(metadata.stop_reason),
    inputTokens: numberOf(usage.input_tokens) ?? numberOf(total.promptTokens),
    outputTokens: numberOf(usage.output_tokens) ?? numberOf(total.completionTokens),
    cacheReadTokens: numberOf(fieldsOf(usage.input_token_details).cache_read),
    reasoningTokens: numberOf(fieldsOf(usage.output_token_details).reasoning),
  });
}

/** A graph's state or a node's update, with its messages as they are sent to a model; what has no JSON says why. */
export function stateOf(state: unknown): unknown {
  try {
    return asJson(withMessages(state));
  } catch {
    return asJson(state);
  }
}

function withMessages(state: unknown): unknown {
  if (Array.isArray(state)) return state.map((entry) => (isMessage(entry) ? messageOf(entry) : entry));
  if (isMessage(state)) return messageOf(state);
  if (typeof state !== 'object' || state === null) return state;
  return Object.fromEntries(
    Object.entries(state).map(([key, value]) => [key, Array.isArray(value) ? withMessages(value) : value]),
  );
}

function isMessage(value: unknown): boolean {
  return typeof fieldsOf(value).getType === 'function' && 'content' in fieldsOf(value);
}

/** What a tool gave: the text of its message, or of whatever else it is its JSON. */
export function resultOf(output: unknown): unknown {
  const { content } = fieldsOf(output);
  return typeof content === 'string' || Array.isArray(content) ? contentOf(content) : asJson(output);
}
