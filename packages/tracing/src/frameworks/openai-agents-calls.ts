import type { SentMessage } from '../genai.ts';
import type { ModelAnswer } from '../library/model-call.ts';
import { toText } from '../payload.ts';
import { contentOf, type Fields, fieldsOf, known, listOf, numberOf, stringOf } from './unknown.ts';

type ToolCall = NonNullable<SentMessage['tool_calls']>[number];

/** What a model was asked, of either API: messages of chat completions, or items of responses, or a text. */
export function questionOf(instructions: unknown, input: unknown): SentMessage[] {
  const system = contentOf(instructions);
  return [
    ...(system === '' ? [] : [{ role: 'system', content: system }]),
    ...(typeof input === 'string' ? [{ role: 'user', content: input }] : listOf(input).map(messageOf)),
  ];
}

function messageOf(value: unknown): SentMessage {
  const item = fieldsOf(value);
  const callId = stringOf(item.callId) ?? stringOf(item.call_id) ?? '';
  if (item.type === 'function_call') return { role: 'assistant', tool_calls: [itemCall(item)] };
  if (item.type === 'function_call_result' || item.type === 'function_call_output')
    return { role: 'tool', tool_call_id: callId, content: contentOf(item.output) };
  const calls = listOf(item.tool_calls).map(chatCall);
  return {
    role: stringOf(item.role) ?? 'assistant',
    content: contentOf(item.content),
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(typeof item.tool_call_id === 'string' && { tool_call_id: item.tool_call_id }),
  };
}

function itemCall(item: Fields): ToolCall {
  const id = stringOf(item.callId) ?? stringOf(item.call_id) ?? '';
  return { id, function: { name: toText(item.name), arguments: toText(item.arguments) } };
}

function chatCall(value: unknown): ToolCall {
  const { id, function: called } = fieldsOf(value);
  const { name, arguments: given } = fieldsOf(called);
  return { id: toText(id), function: { name: toText(name), arguments: toText(given) } };
}

/** The answer of a chat completion, the one entry of a generation's output. */
export function chatAnswer(completion: unknown): ModelAnswer {
  const { choices, id, model, usage } = fieldsOf(completion);
  const choice = fieldsOf(listOf(choices)[0]);
  const message = fieldsOf(choice.message);
  const { prompt_tokens, completion_tokens, prompt_tokens_details, completion_tokens_details } =
    fieldsOf(usage);
  return known<ModelAnswer>({
    content: stringOf(message.content) ?? stringOf(message.refusal) ?? '',
    reasoning: stringOf(message.reasoning),
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
export function responseAnswer(response: unknown): ModelAnswer {
  const { output, id, model, usage } = fieldsOf(response);
  const items = listOf(output).map(fieldsOf);
  const texts = (type: string, field: string) =>
    items
      .filter((item) => item.type === type)
      .map((item) => contentOf(item[field]))
      .join('\n');
  const toolCalls = items.filter(({ type }) => type === 'function_call').map(itemCall);
  const { input_tokens, output_tokens, input_tokens_details, output_tokens_details } = fieldsOf(usage);
  return known<ModelAnswer>({
    content: texts('message', 'content'),
    reasoning: stringOf(texts('reasoning', 'summary')),
    toolCalls,
    id: stringOf(id),
    model: stringOf(model),
    finishReason: toolCalls.length > 0 ? 'tool_calls' : 'stop',
    inputTokens: numberOf(input_tokens),
    outputTokens: numberOf(output_tokens),
    cacheReadTokens: numberOf(fieldsOf(input_tokens_details).cached_tokens),
    reasoningTokens: numberOf(fieldsOf(output_tokens_details).reasoning_tokens),
  });
}
