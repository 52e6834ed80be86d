import { findings, type RecordedReply, RecordedReply as Schema } from '@agento/contracts';
import { type RecordedSpan, textOf, textsOf } from '../model.ts';
import { jsonOf } from '../payload.ts';
import type { SpanTree } from '../tree.ts';
import { untouched, type Whole, wholeText, whyMissing } from './whole.ts';

interface Part {
  type: string;
  content?: unknown;
  id?: unknown;
  name?: unknown;
  arguments?: unknown;
}

/** How a text that was shortened for `gen_ai.output.messages` ends. */
const isShort = (text: unknown) => typeof text === 'string' && text.endsWith('…[cut]');

/** The answer of a call as its spans have it, whole, or why they do not. `step`: the step that made the call. */
export function answerOf(chat: RecordedSpan, step: RecordedSpan, tree: SpanTree): Whole<RecordedReply> {
  const key = 'gen_ai.output.messages';
  const [message] = (jsonOf(textOf(chat.attributes, key)) ?? []) as { parts?: Part[] }[];
  if (!Array.isArray(message?.parts)) return { why: whyMissing(chat) };
  const { attributes } = chat;
  const parts = message.parts;
  const content = contentOf(parts, chat, step, tree);
  if ('why' in content) return content;
  const isRefused = step.attributes['error.type'] === 'model_refused' && content.value !== null;
  const reasoning = textsOf(attributes, 'agento.answer.recovered').includes('reasoning_content')
    ? parts.find(({ type }) => type === 'reasoning')?.content
    : undefined;
  const annotations = sourcesOf(chat, tree);
  const calls = parts.filter(({ type }) => type === 'tool_call');
  const answer = {
    content: isRefused ? null : content.value,
    ...(isRefused && { refusal: content.value }),
    ...(reasoning !== undefined && { reasoning }),
    ...(calls.length > 0 && {
      tool_calls: calls.map(({ id, name, arguments: given }) => ({
        id,
        name,
        arguments: argumentsOf(given),
      })),
    }),
    ...(annotations.length > 0 && { annotations }),
    finish_reason: finishOf(textsOf(attributes, 'gen_ai.response.finish_reasons')[0]),
    ...(textOf(attributes, 'gen_ai.response.id') !== '' && { id: textOf(attributes, 'gen_ai.response.id') }),
    model: textOf(attributes, 'gen_ai.response.model'),
    provider: textOf(attributes, 'gen_ai.provider.name'),
  };
  if ([reasoning, ...calls.map((call) => call.arguments)].some(isShort)) return { why: whyMissing(chat) };
  const [wrong] = findings(Schema, answer);
  if (wrong) return { why: `its ${wrong.pointer.slice(1) || 'answer'} ${wrong.detail}` };
  const clean = untouched(chat, JSON.stringify(answer));
  return 'why' in clean ? clean : { value: answer as RecordedReply };
}

/** As the endpoint gave them, but for white space: a text, which older traces have. */
function argumentsOf(given: unknown): unknown {
  return typeof given === 'object' && given !== null ? JSON.stringify(given) : given;
}

/** The text that was answered; where it was shortened on the call, from whichever span has it whole. */
function contentOf(
  parts: Part[],
  chat: RecordedSpan,
  step: RecordedSpan,
  tree: SpanTree,
): Whole<string | null> {
  const text = parts.find(({ type }) => type === 'text')?.content;
  if (text === undefined) return { value: null };
  if (typeof text !== 'string') return { why: whyMissing(chat) };
  if (!isShort(text)) return { value: text };
  const own = wholeText(chat, 'ai.response');
  if ('value' in own) return own;
  // A step has its last answer: that of this call if it made no other.
  const others = tree.below(step).filter(({ name }) => name.startsWith('chat ')).length > 1;
  return others ? { why: whyMissing(chat) } : wholeText(step, 'ai.response');
}

/** The sources a search found: on the span of the tool that asked. */
function sourcesOf(chat: RecordedSpan, tree: SpanTree): { title: string; url: string }[] {
  const tool = tree.parentOf(chat);
  if (!tool?.name.startsWith('execute_tool ')) return [];
  const result = wholeText(tool, 'gen_ai.tool.call.result');
  const { sources } = ('value' in result ? (jsonOf(result.value) ?? {}) : {}) as { sources?: unknown };
  return Array.isArray(sources) ? sources : [];
}

/** The endpoints' word for the convention's. */
function finishOf(reason = 'stop'): string {
  return reason === 'tool_call' ? 'tool_calls' : reason;
}
