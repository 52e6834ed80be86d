import type { Span } from '@opentelemetry/api';
import { harmless } from './harmless.ts';
import { attribute, event } from './names.ts';
import {
  cut,
  isLarge,
  maxAttributeBytes,
  redacted,
  setRedactedContent,
  setRedactedContentWithEvent,
  toText,
} from './payload.ts';
import { setRedactedAttribute } from './redacting-processor.ts';
import { settingsOf } from './settings.ts';

/** A message of a chat completion, as sent. */
export interface SentMessage {
  role: string;
  content?: string | null;
  tool_calls?: { id: string; function: { name: string; arguments: string } }[];
  tool_call_id?: string;
}

/** The model's answer, as received. */
export interface ReceivedMessage {
  content: string | null;
  /** Reasoning text, if the provider sends it. */
  reasoning: string | null;
  refusal: string | null;
  tool_calls: { id: string; function: { name: string; arguments: string } }[];
  finish_reason: string;
}

interface Part {
  type: string;
  content?: string;
  id?: string | null;
  name?: string;
  arguments?: unknown;
  response?: unknown;
}

function toolCallParts(calls: SentMessage['tool_calls']): Part[] {
  return (calls ?? []).map((call) => ({
    type: 'tool_call',
    id: call.id,
    name: call.function.name,
    arguments: toText(call.function.arguments),
  }));
}

function partsSent(message: SentMessage): Part[] {
  if (message.role === 'tool') {
    return [
      {
        type: 'tool_call_response',
        id: message.tool_call_id ?? null,
        response: toText(message.content ?? ''),
      },
    ];
  }
  const text: Part[] = message.content ? [{ type: 'text', content: toText(message.content) }] : [];
  return [...text, ...toolCallParts(message.tool_calls)];
}

/** The messages as JSON. Arguments are an object there, as the convention has them, unless they are none or were cut. */
function asText(messages: { role: string; parts: Part[] }[]): string {
  const shown = (part: Part) =>
    part.type === 'tool_call' ? { ...part, arguments: asObject(part.arguments) } : part;
  const shownOf = <T extends { parts: Part[] }>(message: T) =>
    message.parts.some(({ type }) => type === 'tool_call')
      ? { ...message, parts: message.parts.map(shown) }
      : message;
  return JSON.stringify(messages.map(shownOf));
}

function asObject(given: unknown): unknown {
  if (typeof given !== 'string' || !given.trimStart().startsWith('{')) return given;
  try {
    return JSON.parse(given);
  } catch {
    return given;
  }
}

/** The text fields of a part that may be long. */
const texts = ['content', 'response', 'arguments'] as const;
const mark = '…[cut]';

/** Truncates the long texts so that the JSON stays near 8 KB and valid. */
export function shorten(messages: { parts: Part[] }[]): void {
  const parts = messages.flatMap((message) => message.parts);
  const share = Math.max(256, Math.floor((maxAttributeBytes - 1_024) / Math.max(1, parts.length)));
  for (const part of parts) {
    for (const key of texts) {
      const text = part[key];
      if (typeof text === 'string' && isLarge(text, share)) part[key] = cut(text, share) + mark;
    }
  }
}

function setMessages(span: Span, key: string, messages: { role: string; parts: Part[] }[]): void {
  let length = 0;
  // Redact first: a secret split by the cut could no longer be recognised.
  for (const message of messages) {
    for (const part of message.parts) {
      for (const field of texts) {
        const text = part[field];
        if (typeof text !== 'string') continue;
        const clean = redacted(span, text);
        part[field] = clean;
        length += clean.length;
      }
    }
  }
  // Most prompts are large: no need to write them as JSON to find out.
  let text = length > maxAttributeBytes ? null : asText(messages);
  if (text === null || isLarge(text)) {
    shorten(messages);
    text = asText(messages);
  }
  setRedactedAttribute(span, key, text);
}

/** `gen_ai.input.messages` of a chat span, in the convention's JSON. */
export function recordInputMessages(span: Span, messages: SentMessage[]): void {
  if (!settingsOf(span).content || !span.isRecording()) return;
  harmless(() =>
    setMessages(
      span,
      attribute.genAiInputMessages,
      messages.map((message) => ({ role: message.role, parts: partsSent(message) })),
    ),
  );
}

/** `gen_ai.output.messages` of a chat span; reasoning text is a part of type `reasoning`. */
export function recordOutputMessage(span: Span, message: ReceivedMessage): void {
  if (!settingsOf(span).content || !span.isRecording()) return;
  harmless(() => {
    const parts: Part[] = [];
    if (message.reasoning) parts.push({ type: 'reasoning', content: toText(message.reasoning) });
    const content = message.content ?? message.refusal;
    if (content) parts.push({ type: 'text', content: toText(content) });
    parts.push(...toolCallParts(message.tool_calls));
    const output = { role: 'assistant', parts, finish_reason: finishReason(message.finish_reason) };
    setMessages(span, attribute.genAiOutputMessages, [output]);
  });
}

/** OpenAI's name is `tool_calls`, the convention's `tool_call`. */
function finishReason(reason: string): string {
  return reason === 'tool_calls' ? 'tool_call' : reason;
}

/** The prompt of a call: `ai.prompt` (JSON of the messages as sent) and `full_prompt`. */
export function recordPrompt(span: Span, messages: SentMessage[]): void {
  if (!settingsOf(span).content || !span.isRecording()) return;
  // Each text separately: the system message is the same in every call of an agent, and read only once.
  const text = withoutSecrets(span, messages);
  setRedactedContentWithEvent(span, attribute.prompt, event.fullPrompt, 'text', text);
}

function withoutSecrets(span: Span, messages: SentMessage[]): string {
  try {
    return JSON.stringify(redactedTexts(span, messages));
  } catch {
    // They contain themselves, or what JSON has not: the text says it.
    return redacted(span, toText(messages));
  }
}

/** The JSON value with every text in it redacted separately; keys stay. */
function redactedTexts(span: Span, value: unknown): unknown {
  if (typeof value === 'string') return redacted(span, value);
  if (Array.isArray(value)) return value.map((item) => redactedTexts(span, item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redactedTexts(span, item)]));
}

/** A step's last answer: `ai.response`, its first 1,000 characters, and `full_response`. */
export function recordResponse(span: Span, content: string): void {
  if (!settingsOf(span).content || !span.isRecording()) return;
  const text = redacted(span, content);
  setRedactedContentWithEvent(span, attribute.response, event.fullResponse, 'text', text);
  setRedactedContent(span, attribute.responseExcerpt, firstCharacters(text, 1_000));
}

/** Whole characters: surrogate pairs are not split. */
function firstCharacters(text: string, count: number): string {
  if (text.length <= count) return text;
  const end = /[\uD800-\uDBFF]/.test(text.charAt(count - 1)) ? count - 1 : count;
  return text.slice(0, end);
}
