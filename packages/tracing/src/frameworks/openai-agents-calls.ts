import type { MessageContent, SentMessage } from '../genai.ts';
import { asSent } from '../genai-parts.ts';
import type { ModelAnswer } from '../library/model-call.ts';
import { toText } from '../payload.ts';
import { type Fields, fieldsOf, known, listOf, numberOf, stringOf } from './unknown.ts';

type Sent = SentMessage<MessageContent>;
type Answer = ModelAnswer<MessageContent>;

type ToolCall = NonNullable<SentMessage['tool_calls']>[number];

/** What a model was asked, of either API: messages of chat completions, or items of responses, or a text. */
export function questionOf(instructions: unknown, input: unknown): Sent[] {
  const system = asSent(instructions);
  return [
    ...(system.length === 0 ? [] : [{ role: 'system', content: system }]),
    ...(typeof input === 'string' ? [{ role: 'user', content: input }] : listOf(input).map(messageOf)),
  ];
}

/** A message, or an item that stands for one: a call of a tool, what that gave, what the model thought. */
function messageOf(value: unknown): Sent {
  const item = fieldsOf(value);
  const { type, role } = item;
  if (type === 'function_call') return { role: 'assistant', tool_calls: [itemCall(item)] };
  if (typeof type === 'string' && type !== 'message' && role === undefined) {
    const isResult = /_(output|result)$/.test(type);
    return { role: isResult ? 'tool' : 'assistant', content: [item] };
  }
  const calls = listOf(item.tool_calls).map(chatCall);
  return {
    ...besides(item),
    role: stringOf(role) ?? 'assistant',
    content: asSent(item.content),
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(typeof item.tool_call_id === 'string' && { tool_call_id: item.tool_call_id }),
  };
}

/** What a message of chat completions has beside its content. */
function besides({ audio, images, refusal, reasoning, reasoning_content }: Fields): object {
  return known({
    audio,
    images,
    refusal: stringOf(refusal),
    reasoning: stringOf(reasoning) ?? stringOf(reasoning_content),
  });
}

function itemCall(item: Fields): ToolCall {
  const id = stringOf(item.callId) ?? stringOf(item.call_id) ?? '';
  return { id, function: { name: toText(item.name), arguments: toText(item.arguments) } };
}

function chatCall(value: unknown): ToolCall {
  const { id, function: called, custom } = fieldsOf(value);
  const { name, arguments: given = fieldsOf(custom).input } = fieldsOf(called ?? custom);
  return { id: toText(id), function: { name: toText(name), arguments: toText(given) } };
}

/** The answer of a chat completion, the one entry of a generation's output. */
export function chatAnswer(completion: unknown): Answer {
  const { choices, id, model, usage } = fieldsOf(completion);
  const choice = fieldsOf(listOf(choices)[0]);
  const message = fieldsOf(choice.message);
  const more = [
    ...listOf(message.images),
    ...(message.audio ? [{ type: 'audio', audio: message.audio }] : []),
  ];
  const { prompt_tokens, completion_tokens, prompt_tokens_details, completion_tokens_details } =
    fieldsOf(usage);
  return known<Answer>({
    content: more.length > 0 ? [message.content ?? '', ...more].flat() : asSent(message.content),
    refusal: stringOf(message.refusal),
    reasoning: stringOf(message.reasoning) ?? stringOf(message.reasoning_content),
    toolCalls: listOf(message.tool_calls).map(chatCall),
    id: stringOf(id),
    model: stringOf(model),
    finishReason: stringOf(choice.finish_reason),
    inputTokens: numberOf(prompt_tokens),
    outputTokens: numberOf(completion_tokens),
    cacheReadTokens: numberOf(fieldsOf(prompt_tokens_details).cached_tokens),
    reasoningTokens: numberOf(fieldsOf(completion_tokens_details).reasoning_tokens),
  });
}

/** The answer of the responses API. */
export function responseAnswer(response: unknown): Answer {
  const { output, id, model, usage } = fieldsOf(response);
  const isCalling = listOf(output).some((item) => fieldsOf(item).type === 'function_call');
  const { input_tokens, output_tokens, input_tokens_details, output_tokens_details } = fieldsOf(usage);
  return known<Answer>({
    content: listOf(output),
    id: stringOf(id),
    model: stringOf(model),
    finishReason: isCalling ? 'tool_calls' : 'stop',
    inputTokens: numberOf(input_tokens),
    outputTokens: numberOf(output_tokens),
    cacheReadTokens: numberOf(fieldsOf(input_tokens_details).cached_tokens),
    reasoningTokens: numberOf(fieldsOf(output_tokens_details).reasoning_tokens),
  });
}
