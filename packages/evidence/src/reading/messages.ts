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
  return content || tool_calls ? JSON.stringify(content || tool_calls) : '';
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
