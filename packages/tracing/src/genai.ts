import { isUtf8 } from 'node:buffer';
import type { Span } from '@opentelemetry/api';
import { withEach, withoutBytes, withoutContent } from './bytes.ts';
import { exactly } from './exact-json.ts';
import { type Part, partsOf, responseOf, shownParts, textOf, toolCall } from './genai-parts.ts';
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
  withoutSignature,
} from './payload.ts';
import { noteRedactions, setRedactedAttribute } from './redacting-processor.ts';
import { settingsOf } from './settings.ts';

/** A text, or a list of what it is of: texts, images, sounds, files, …, in the form of a provider or a framework. */
export type MessageContent = string | readonly unknown[];

/** A message of a chat completion, as sent. */
export interface SentMessage<Content extends MessageContent = string> {
  role: string;
  content?: Content | null;
  tool_calls?: { id: string; function: { name: string; arguments: string } }[];
  tool_call_id?: string;
}

/** The model's answer, as received. */
export interface ReceivedMessage<Content extends MessageContent = string> {
  content: Content | null;
  /** Reasoning text, if the provider sends it. */
  reasoning: string | null;
  refusal: string | null;
  tool_calls: { id: string; function: { name: string; arguments: string } }[];
  finish_reason: string;
}

interface Message {
  role: string;
  parts: Part[];
}

/** Calls of tools that are not among the parts already: some frameworks have them in both places. */
function toolCallParts(calls: SentMessage['tool_calls'], parts: Part[]): Part[] {
  const known = new Set(parts.filter(({ type }) => type === 'tool_call').map(({ id }) => id));
  return (calls ?? [])
    .filter(({ id }) => !known.has(id))
    .map((call) => toolCall('function_call', { ...call }));
}

/** What a message of chat completions may have beside its content. */
type Besides = Partial<
  Record<'audio' | 'images' | 'parts' | 'refusal' | 'reasoning' | 'reasoning_content', unknown>
>;

function partsSent(message: SentMessage<MessageContent> & Besides): Part[] {
  if (message.role === 'tool') {
    const { content, tool_call_id = null } = message;
    const given = Array.isArray(content) ? partsOf(content) : [];
    // Some give each result a part of its own, and others the message to one result.
    if (given.some(({ type }) => /^(server_)?tool_call_response$/.test(type))) return given;
    return [{ type: 'tool_call_response', id: tool_call_id, response: responseOf(content ?? '') }];
  }
  // What chat completions have beside the content: of an answer that is sent again.
  const { audio, images, refusal, reasoning, reasoning_content } = message;
  // Gemini and the AI SDK's messages of a page call their content so.
  const { content = message.parts } = message;
  const thought = typeof reasoning === 'string' ? reasoning : reasoning_content;
  const parts = [
    ...(typeof thought === 'string' && thought !== '' ? [{ type: 'reasoning', content: thought }] : []),
    ...partsOf(content),
    ...partsOf(refusal),
    ...(audio ? partsOf({ type: 'audio', audio }) : []),
    ...partsOf(images),
  ];
  return [...parts, ...toolCallParts(message.tool_calls, parts)];
}

/** The messages as JSON. Arguments are an object there, as the convention has them, unless they are none or were cut. */
function asText(messages: Message[]): string {
  const shown = (part: Part) =>
    part.type === 'tool_call' ? { ...part, arguments: asObject(part.arguments) } : part;
  const shownOf = <T extends { parts: Part[] }>(message: T) =>
    message.parts.some(({ type }) => type === 'tool_call')
      ? { ...message, parts: message.parts.map(shown) }
      : message;
  return toText(messages.map(shownOf));
}

function asObject(given: unknown): unknown {
  if (typeof given !== 'string' || !given.trimStart().startsWith('{')) return given;
  try {
    return exactly(given);
  } catch {
    return given;
  }
}

const mark = '…[cut]';

/** Truncates the long texts so that the JSON stays near 8 KB and valid. */
export function shorten(messages: { parts: Part[] }[]): void {
  const parts = messages.flatMap((message) => message.parts);
  const share = Math.max(256, Math.floor((maxAttributeBytes - 1_024) / Math.max(1, parts.length)));
  for (const message of messages) {
    message.parts = message.parts.map((part) => shortened(part, share) as Part);
  }
}

/** The texts of a value cut to so many bytes; of bytes in base64 what is left to know them by. */
function shortened(value: unknown, share: number): unknown {
  if (typeof value === 'string') return isLarge(value, share) ? cut(value, share) + mark : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((entry) => shortened(entry, share));
  const { type, content } = value as Part;
  const isLong = type === 'blob' && typeof content === 'string' && isLarge(content, share);
  const fields = isLong ? withoutContent(value as Part) : value;
  return Object.fromEntries(Object.entries(fields).map(([key, entry]) => [key, shortened(entry, share)]));
}

function setMessages(span: Span, key: string, messages: Message[]): void {
  // Redact first: a secret split by the cut could no longer be recognised.
  const clean = redactedTexts(span, messages) as Message[];
  // Most prompts are large: no need to write them as JSON to find out.
  let text = lengthOf(clean) > maxAttributeBytes ? null : asText(clean);
  if (text === null || isLarge(text)) {
    shorten(clean);
    text = asText(clean);
  }
  setRedactedAttribute(span, key, text);
}

function lengthOf(messages: Message[]): number {
  let length = 0;
  for (const { parts } of messages) {
    for (const { content, response } of parts) {
      if (typeof content === 'string') length += content.length;
      if (typeof response === 'string') length += response.length;
    }
  }
  return length;
}

/**
 * Messages of the conventions' attributes that another maker has written in another form (those of its own, with `content` in
 * place of `parts`), in the conventions'; null where they are not known for any.
 */
export function inConventionsForm(value: unknown): { role: string; parts: Part[] }[] | null {
  const list = Array.isArray(value) ? value : (value as { messages?: unknown } | null)?.messages;
  if (!Array.isArray(list) || list.length === 0) return null;
  const isTheirs = (entry: unknown) => Array.isArray((entry as Partial<Message> | null)?.parts);
  const isKnown = (entry: unknown) =>
    typeof (entry as Partial<Message> | null)?.role === 'string' && 'content' in (entry as object);
  if (!list.every((entry) => isTheirs(entry) || isKnown(entry))) return null;
  return list.map((entry) => {
    if (isTheirs(entry)) return entry;
    const { role, name, finish_reason } = entry;
    return { role, parts: partsSent(entry), name, finish_reason };
  });
}

/** `gen_ai.input.messages` of a chat span, in the convention's JSON. */
export function recordInputMessages(span: Span, messages: SentMessage<MessageContent>[]): void {
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
export function recordOutputMessage(span: Span, message: ReceivedMessage<MessageContent>): void {
  if (!settingsOf(span).content || !span.isRecording()) return;
  harmless(() => {
    const content = partsOf(message.content);
    const isThoughtThere = content.some(({ type }) => type === 'reasoning');
    const parts: Part[] = [
      ...(message.reasoning && !isThoughtThere
        ? [{ type: 'reasoning', content: toText(message.reasoning) }]
        : []),
      ...content,
      ...partsOf(message.refusal),
    ];
    parts.push(...toolCallParts(message.tool_calls, parts));
    const output = { role: 'assistant', parts, finish_reason: finishReason(message.finish_reason) };
    setMessages(span, attribute.genAiOutputMessages, [output]);
  });
}

/** OpenAI's name is `tool_calls`, the convention's `tool_call`. */
function finishReason(reason: string): string {
  return reason === 'tool_calls' ? 'tool_call' : reason;
}

/** The prompt of a call: `ai.prompt` (JSON of the messages as sent, but for bytes) and `full_prompt`. */
export function recordPrompt(span: Span, messages: SentMessage<MessageContent>[]): void {
  if (!settingsOf(span).content || !span.isRecording()) return;
  // Each text separately: the system message is the same in every call of an agent, and read only once.
  const text = withoutSecrets(span, messages);
  setRedactedContentWithEvent(span, attribute.prompt, event.fullPrompt, 'text', text);
}

function withoutSecrets(span: Span, messages: unknown[]): string {
  try {
    return toText(redactedTexts(span, withoutBytes(messages)));
  } catch {
    // They contain themselves, or what JSON has not: the text says it.
    return redacted(span, toText(messages));
  }
}

/** A copy of the JSON value without its secrets: those under a secret's name, and every text read separately. */
function redactedTexts(span: Span, given: unknown): unknown {
  const { value, count, rules } = settingsOf(span).redactor.value(unhidden(span, given));
  if (count > 0) noteRedactions(span, count, rules);
  return value;
}

/** Without what the text of a part would hide, and its place there does not: an address's signature, a secret in base64. */
function unhidden(span: Span, value: unknown): unknown {
  if (typeof value === 'string') return withoutSignature(span, redactedBase64(span, value));
  if (typeof value !== 'object' || value === null) return value;
  return withEach(value, (item) => unhidden(span, item));
}

/** Base64 of a text, alone or in a `data:` URL: the text is redacted. Longer ones are not recorded. */
function redactedBase64(span: Span, text: string): string {
  if (text.length < 16 || text.length > 2_400) return text;
  const [, head = '', base64] = /^(data:[^,]{0,1000};base64,)?([\w+/-]{16,}={0,2})$/.exec(text) ?? [];
  if (base64 === undefined) return text;
  const bytes = Buffer.from(base64, 'base64');
  if (!isUtf8(bytes)) return text;
  const held = bytes.toString();
  const shown = redacted(span, held);
  return shown === held ? text : head + Buffer.from(shown).toString('base64');
}

/**
 * A step's last answer: `ai.response`, its first 1,000 characters, and `full_response`. Of a list of parts its text, or, where
 * that is empty, in short what it holds.
 */
export function recordResponse(span: Span, content: MessageContent): void {
  if (!settingsOf(span).content || !span.isRecording()) return;
  const text = redacted(span, typeof content === 'string' ? content : textOrShown(span, content));
  setRedactedContentWithEvent(span, attribute.response, event.fullResponse, 'text', text);
  setRedactedContent(span, attribute.responseExcerpt, firstCharacters(text, 1_000));
}

function textOrShown(span: Span, content: unknown): string {
  try {
    return Array.isArray(content) ? textOfList(span, content) : toText(content);
  } catch {
    return toText(content);
  }
}

function textOfList(span: Span, content: unknown[]): string {
  const parts = partsOf(content);
  const isKnown = parts.every(({ type }) => /^(text|reasoning|(server_)?tool_call(_response)?)$/.test(type));
  return textOf(content) || shownParts(parts) || (isKnown ? '' : withoutSecrets(span, content));
}

/** Whole characters: surrogate pairs are not split. */
function firstCharacters(text: string, count: number): string {
  if (text.length <= count) return text;
  const end = /[\uD800-\uDBFF]/.test(text.charAt(count - 1)) ? count - 1 : count;
  return text.slice(0, end);
}
