import type { Attributes, Span } from '@opentelemetry/api';
import {
  type MessageContent,
  type ReceivedMessage,
  recordInputMessages,
  recordOutputMessage,
  recordPrompt,
  recordResponse,
  type SentMessage,
} from '../genai.ts';
import { harmless } from '../harmless.ts';
import { attribute, libraryAttribute } from '../names.ts';
import type { LibrarySpanStart } from './begin.ts';

/** A model's answer; what the provider does not report is omitted. */
export interface ModelAnswer<Content extends MessageContent = string> {
  content: Content;
  reasoning?: string;
  refusal?: string;
  toolCalls?: ReceivedMessage['tool_calls'];
  /** The model that actually answered. */
  model?: string;
  id?: string;
  finishReason?: string;
  /** Cached ones included. */
  inputTokens?: number;
  /** Reasoning included. */
  outputTokens?: number;
  cacheReadTokens?: number;
  reasoningTokens?: number;
}

/** Whom a call asks, as far as that is known. */
export interface ModelCall {
  purpose?: string | undefined;
  model?: string | undefined;
  /** `gen_ai.provider.name`, such as `openai`. */
  provider?: string | undefined;
}

/** How the span of a call starts: `llm_call`. */
export function modelCallStart(call: ModelCall): LibrarySpanStart {
  return {
    name: 'llm_call',
    client: true,
    attributes: { [attribute.genAiOperation]: 'chat', ...calledAttributes(call) },
  };
}

/** Whom a call asks, for a span that began before that was known. */
export function calledAttributes({ purpose, model, provider }: ModelCall): Attributes {
  return {
    ...(purpose !== undefined && { [libraryAttribute.purpose]: purpose }),
    ...(model !== undefined && { [attribute.agentModel]: model, [attribute.genAiRequestModel]: model }),
    ...(provider !== undefined && { [attribute.genAiProvider]: provider }),
  };
}

/** What the model is asked. */
export function recordQuestion(span: Span, messages: SentMessage<MessageContent>[]): void {
  recordPrompt(span, messages);
  recordInputMessages(span, messages);
}

/** What it answered, and what that took. */
export function recordAnswer(span: Span, answer: ModelAnswer<MessageContent>): void {
  harmless(() => {
    span.setAttributes(answerAttributes(answer));
    // Of clients that are not typed it may be null, where the model only calls tools.
    const content = answer.content ?? '';
    recordResponse(span, content || (answer.refusal ?? ''));
    recordOutputMessage(span, {
      content,
      reasoning: answer.reasoning ?? null,
      refusal: answer.refusal ?? null,
      tool_calls: answer.toolCalls ?? [],
      finish_reason: answer.finishReason ?? 'stop',
    });
  });
}

function answerAttributes(answer: ModelAnswer<MessageContent>): Attributes {
  const attributes: Attributes = {};
  if (answer.id !== undefined) attributes[attribute.genAiResponseId] = answer.id;
  if (answer.model !== undefined) attributes[attribute.genAiResponseModel] = answer.model;
  if (answer.finishReason !== undefined) attributes[attribute.genAiFinishReasons] = [answer.finishReason];
  if (answer.inputTokens !== undefined) attributes[attribute.genAiInputTokens] = answer.inputTokens;
  if (answer.outputTokens !== undefined) attributes[attribute.genAiOutputTokens] = answer.outputTokens;
  if (answer.cacheReadTokens !== undefined)
    attributes[attribute.genAiCacheReadTokens] = answer.cacheReadTokens;
  if (answer.reasoningTokens !== undefined)
    attributes[attribute.genAiReasoningTokens] = answer.reasoningTokens;
  return attributes;
}
