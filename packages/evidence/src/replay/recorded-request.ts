import { placeOfCall, shownRequestHash } from '@agento/contracts';
import { numberOf, type RecordedSpan, textOf } from '../model.ts';
import { jsonOf } from '../payload.ts';
import { type Whole, wholeText, whyMissing } from './whole.ts';

/** The messages of a call as they were sent. */
export function messagesOf(
  chat: RecordedSpan,
  step: RecordedSpan,
): Whole<{ role: string; content: string }[]> {
  // A step has the prompt of its first call; with a schema written into it, the call has one of its own.
  const key = textOf(chat.attributes, 'agento.call.key');
  const span = placeOfCall(key)?.first === key ? step : chat;
  const prompt = wholeText(span, 'ai.prompt');
  if ('why' in prompt) return prompt;
  const messages = jsonOf(prompt.value);
  return Array.isArray(messages) ? { value: messages } : { why: whyMissing(span) };
}

/** The hash of what the call's spans show of its request; see shownRequestHash. */
export function requestOf(chat: RecordedSpan, step: RecordedSpan): Whole<string> {
  const messages = messagesOf(chat, step);
  if ('why' in messages) return messages;
  const { attributes } = chat;
  const hash = shownRequestHash({
    model: textOf(attributes, 'gen_ai.request.model'),
    messages: messages.value,
    temperature: numberOf(attributes, 'gen_ai.request.temperature'),
    seed: numberOf(attributes, 'gen_ai.request.seed'),
  });
  return { value: hash };
}
