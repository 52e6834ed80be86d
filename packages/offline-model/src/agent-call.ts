import { findings } from '@agento/contracts';
import { type Rule, ruleOf } from './agents/index.ts';
import { ApiError } from './api-error.ts';
import { type ChatRequest, isFields } from './chat-request.ts';
import { faultMarkers } from './faults.ts';

/** Which agent a request is for, and the JSON between its input's delimiters. */
export interface AgentCall {
  name: string;
  rule: Rule;
  /** The first user message as sent: the same in all repeats of a call. */
  text: string;
  input: Record<string, unknown>;
}

/**
 * The agent is identified by the heading at the start of the system message; its input is in the first user message.
 * Later messages (a repair, tool results) do not change the question. Undefined for any other chat; throws an ApiError
 * 400 if an agent's input does not match its step's schema.
 */
export function readAgentCall(chat: ChatRequest): AgentCall | undefined {
  const system = chat.messages.find(({ role }) => role === 'system' || role === 'developer');
  const name = system?.content.trimStart().match(/^# (\w+)/)?.[1] ?? '';
  const rule = ruleOf(name);
  const text = chat.messages.find(({ role }) => role === 'user')?.content ?? '';
  const start = text.indexOf('<input>');
  const end = text.indexOf('</input>', start);
  if (!rule || start < 0 || end < 0) return undefined;
  const input = parse(text.slice(start + '<input>'.length, end), name);
  const [wrong] = findings(rule.step.input, input);
  if (wrong) {
    const detail = `The input of ${name}: ${wrong.pointer} ${wrong.detail}`;
    throw new ApiError(400, detail, { param: 'messages' });
  }
  for (const field of ['goal', 'context']) {
    const value = input[field];
    if (typeof value === 'string' && value.includes('[[fault:')) {
      // A line break, so that no passage is quoted across the place of the marker.
      input[field] = value.replace(faultMarkers, '\n').trim();
    }
  }
  return { name, rule, text, input };
}

function parse(json: string, name: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    if (isFields(value)) return value;
  } catch {
    // Falls through: invalid JSON and JSON of the wrong kind are the same mistake.
  }
  throw new ApiError(400, `The input of ${name} is not a JSON object.`, { param: 'messages' });
}
