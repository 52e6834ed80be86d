import type { RecordedSpan } from '../model.ts';
import { jsonOf } from '../payload.ts';
import { fieldsIn, textIn } from './loose.ts';
import { notRecorded, type Recorded, recordedOf } from './recorded.ts';

/** A message as it was sent to a model. */
export interface Message {
  role: string;
  content: string;
}

/** The messages of `ai.prompt`; of a prompt that is cut, none. */
export function promptOf(span: RecordedSpan): Recorded<Message[]> {
  const { value, state } = recordedOf(span, 'ai.prompt');
  if (value === null) return notRecorded(span);
  const list = jsonOf(value);
  if (!Array.isArray(list)) return { value: null, state: state === 'cut' ? 'shed' : 'not recorded' };
  return {
    value: list.map((entry) => ({ role: textIn(entry, 'role') ?? '', content: contentOf(entry) })),
    state,
  };
}

/** A message with tool calls has no text, or parts. */
function contentOf(message: unknown): string {
  const { content, tool_calls } = fieldsIn(message);
  if (typeof content === 'string' && content !== '') return content;
  const shown = Array.isArray(content) ? content.map(shownPart).filter((text) => text !== '') : [];
  if (shown.length > 0) return shown.join('\n');
  return content || tool_calls ? JSON.stringify(content || tool_calls) : '';
}

/** What is shown in short. */
const media = /image|audio|video|file|document|media|inline_?data|blob|uri/i;

/** A part's text; of an image, a sound or a file in short what it is and where; of any other its JSON. */
function shownPart(part: unknown): string {
  const text = typeof part === 'string' ? part : (textIn(part, 'text') ?? textIn(part, 'refusal'));
  if (text !== null) return text;
  const { type, ...held } = fieldsIn(part);
  if (!media.test(textIn(part, 'type') ?? Object.keys(held)[0] ?? '')) return JSON.stringify(part);
  const said = textsBelow(held).map(shownText);
  // What has given way to its size and hash says itself what it is.
  const mark = said.find((text) => /^\[.*\d bytes.*\]$/.test(text));
  return mark ?? `[${[type, ...said].join(', ')}]`;
}

function textsBelow(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsBelow) : [];
}

/** An address and words as they are, and of a short `data:` URL its size. */
function shownText(text: string): string {
  const [head, mime] = /^data:([^;,]{0,200})[^,]{0,1000};base64,/.exec(text) ?? [];
  if (head !== undefined) return `[${mime}, ${Buffer.from(text.slice(head.length), 'base64').length} bytes]`;
  return text.length > 300 && !/\s/.test(text) ? `${text.slice(0, 300)}…` : text;
}

/** The data an agent was shown: the JSON in the last `<input>` of its prompt; null if there is none. */
export function inputIn(messages: Message[] | null): unknown {
  const shown = messages?.findLast(({ role, content }) => role === 'user' && content.startsWith('<input>\n'));
  const json = shown && /^<input>\n(.*)\n<\/input>/s.exec(shown.content)?.[1];
  return jsonOf(json) ?? null;
}

/** What the model thought before it answered, as far as its provider sends that or the answer shows it. */
export function thinkingOf(call: RecordedSpan, answer: string | null): string | null {
  const output = jsonOf(recordedOf(call, 'gen_ai.output.messages').value ?? undefined);
  const parts = (Array.isArray(output) ? output : []).flatMap((message) => {
    const { parts } = fieldsIn(message);
    return Array.isArray(parts) ? parts : [];
  });
  const thoughts = parts
    .filter((part) => textIn(part, 'type') === 'reasoning')
    .flatMap((part) => textIn(part, 'content') ?? []);
  const inText = /<(think|thinking|thought|reasoning)>(.*?)<\/\1>/s.exec(answer ?? '')?.[2]?.trim();
  return [...thoughts, ...(inText ? [inText] : [])].join('\n\n') || null;
}
