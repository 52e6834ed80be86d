import type { MessageContent, SentMessage } from '../genai.ts';
import { asSent, textOf } from '../genai-parts.ts';
import { asJson } from '../library/fields.ts';
import type { ModelAnswer } from '../library/model-call.ts';
import { toText } from '../payload.ts';
import { type Fields, fieldsOf, known, listOf, numberOf, stringOf } from './unknown.ts';

type Sent = SentMessage<MessageContent>;
type Answer = ModelAnswer<MessageContent>;

const roles: Record<string, string> = { human: 'user', ai: 'assistant' };

/** A message of LangChain, as it is sent to a model. */
export function messageOf(value: unknown): Sent {
  const message = fieldsOf(value);
  const type = stringOf(message.type) ?? stringOf(message.role) ?? 'user';
  const calls = toolCallsOf(message);
  return {
    role: roles[type] ?? type,
    content: asSent(message.content),
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
export function answerOf(result: unknown): Answer {
  const [generation] = listOf(listOf(fieldsOf(result).generations)[0]).map(fieldsOf);
  const message = fieldsOf(generation?.message);
  const usage = fieldsOf(message.usage_metadata);
  // Of the models that say nothing of it in their messages.
  const total = fieldsOf(fieldsOf(fieldsOf(result).llmOutput).tokenUsage);
  const metadata = fieldsOf(message.response_metadata);
  const extra = fieldsOf(message.additional_kwargs);
  return known<Answer>({
    content: generation?.message ? answeredContent(message) : asSent(generation?.text),
    reasoning: stringOf(extra.reasoning_content) ?? stringOf(textOf(fieldsOf(extra.reasoning).summary)),
    refusal: stringOf(extra.refusal),
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

/** What LangChain has no block for, such as a spoken answer or a tool that the provider ran, stands beside the content. */
function answeredContent({ content, additional_kwargs }: Fields): MessageContent {
  const { audio, tool_outputs } = fieldsOf(additional_kwargs);
  const list = Array.isArray(content) ? content : [content ?? ''];
  const outputs = new Map(listOf(tool_outputs).map((output) => [fieldsOf(output).id ?? output, output]));
  // Of what stands in both places the tool's own entry says more.
  const said = list.map((block) => {
    const { id } = fieldsOf(block);
    const output = outputs.get(id);
    return output !== undefined && outputs.delete(id) ? output : block;
  });
  return asSent([...said, ...outputs.values(), ...(audio ? [{ type: 'audio', audio }] : [])]);
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

/** What a tool gave: the text of its message, or of whatever else it is, and of a content that holds more, its JSON. */
export function resultOf(output: unknown): unknown {
  const { content } = fieldsOf(output);
  return asJson(typeof content === 'string' || Array.isArray(content) ? asSent(content) : output);
}
