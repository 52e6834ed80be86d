import type { RecordedReply } from '@agento/contracts';
import type { ChatAnswer, ChatCall } from './chat.ts';
import { readAnswer } from './chat-answer.ts';
import type { ModelSettings } from './model-settings.ts';

/** The answer as a recorded run has it. */
export function toReplayed({ id, message, annotations, json, model, provider }: ChatAnswer): RecordedReply {
  const { content, reasoning, refusal, tool_calls, finish_reason } = message;
  const isInReasoning = json !== null && 'value' in json && json.recovered.includes('reasoning_content');
  return {
    content,
    ...(isInReasoning && reasoning && { reasoning }),
    ...(refusal && { refusal }),
    ...(tool_calls.length > 0 && {
      tool_calls: tool_calls.map(({ id, function: { name, arguments: given } }) => ({
        id,
        name,
        arguments: given,
      })),
    }),
    ...(annotations.length > 0 && { annotations }),
    finish_reason,
    ...(id !== '' && { id }),
    model,
    provider,
  };
}

/** The recorded answer, read like any that arrives: its JSON is found and held against today's schema. It cost nothing. */
export function fromReplayed(given: RecordedReply, call: ChatCall, settings: ModelSettings): ChatAnswer {
  const { content, reasoning, refusal, tool_calls = [], annotations = [], finish_reason } = given;
  const answer = readAnswer(
    {
      ...(given.id !== undefined && { id: given.id }),
      model: given.model,
      choices: [
        {
          finish_reason,
          message: {
            ...(content !== null && { content }),
            ...(reasoning !== undefined && { reasoning }),
            ...(refusal !== undefined && { refusal }),
            tool_calls: tool_calls.map(({ id, ...named }) => ({ id, function: named })),
            annotations: annotations.map((url_citation) => ({ url_citation })),
          },
        },
      ],
      usage: { prompt_tokens: 0, completion_tokens: 0 },
    },
    call,
    { ...settings, provider: given.provider },
    null,
  );
  return { ...answer, replayed: true };
}
