import { attribute, recordOutputMessage, recordResponse, type Span } from '@agento/tracing';
import type { ChatAnswer, ChatCall, Completion } from './chat.ts';
import { StepError } from './errors.ts';
import type { ModelSettings } from './model-settings.ts';

/** What providers add to the OpenAI shape: reasoning text under either name, the real provider behind a gateway. */
interface Extras {
  provider?: unknown;
  reasoning?: unknown;
  reasoning_content?: unknown;
}

export function readAnswer(completion: Completion, settings: ModelSettings): ChatAnswer {
  const choice = completion.choices?.[0];
  if (!choice?.message) {
    throw new StepError('model_unavailable', "The model's endpoint answered without a message");
  }
  const { message } = choice;
  const { provider } = completion as Extras;
  const { reasoning, reasoning_content } = message as Extras;
  const calls = (message.tool_calls ?? []).filter((call) => call.type === 'function');
  const thought = [reasoning, reasoning_content].find((text) => typeof text === 'string' && text !== '');
  const { usage } = completion;
  return {
    id: completion.id ?? '',
    message: {
      content: message.content ?? null,
      reasoning: typeof thought === 'string' ? thought : null,
      refusal: message.refusal ?? null,
      tool_calls: calls.map(({ id, function: { name, arguments: given } }) => ({
        id,
        function: { name, arguments: given },
      })),
      finish_reason: choice.finish_reason ?? 'stop',
    },
    sent: {
      role: 'assistant',
      content: message.content ?? null,
      ...(calls.length > 0 && { tool_calls: calls }),
    },
    annotations: (message.annotations ?? []).map(({ url_citation: { title, url } }) => ({ title, url })),
    model: completion.model ?? '',
    provider:
      !settings.providerFixed && typeof provider === 'string' && provider ? provider : settings.provider,
    costUsd: null,
    usage: {
      input: usage?.prompt_tokens ?? 0,
      output: usage?.completion_tokens ?? 0,
      ...optional('cacheRead', usage?.prompt_tokens_details?.cached_tokens),
      ...optional(
        'cacheCreation',
        (usage?.prompt_tokens_details as { cache_write_tokens?: number } | undefined)?.cache_write_tokens,
      ),
      ...optional('reasoning', usage?.completion_tokens_details?.reasoning_tokens),
    },
  };
}

function optional<K extends string>(key: K, value: number | null | undefined): { [P in K]?: number } {
  return typeof value === 'number' ? ({ [key]: value } as { [P in K]?: number }) : {};
}

export function recordAnswer(span: Span, call: ChatCall, answer: ChatAnswer, settings: ModelSettings): void {
  const { usage } = answer;
  span.setAttributes({
    [attribute.genAiProvider]: answer.provider,
    [attribute.genAiResponseId]: answer.id,
    [attribute.genAiResponseModel]: answer.model || call.model,
    [attribute.genAiFinishReasons]: [answer.message.finish_reason],
    [attribute.genAiInputTokens]: usage.input,
    [attribute.genAiOutputTokens]: usage.output,
  });
  const set = (key: string, value: number | undefined) => {
    if (value !== undefined) span.setAttribute(key, value);
  };
  set(attribute.genAiCacheReadTokens, usage.cacheRead);
  set(attribute.genAiCacheCreationTokens, usage.cacheCreation);
  set(attribute.genAiReasoningTokens, usage.reasoning);
  const cost = settings.prices(answer.model || call.model, answer.provider, usage);
  if (cost) {
    answer.costUsd = cost.usd;
    span.setAttribute(attribute.costUsd, cost.usd);
    span.setAttribute(attribute.priceList, cost.list);
  }
  recordOutputMessage(span, answer.message);
  if (call.ownRecord) {
    const { content, refusal, tool_calls } = answer.message;
    recordResponse(span, content ?? refusal ?? JSON.stringify(tool_calls));
  }
}
