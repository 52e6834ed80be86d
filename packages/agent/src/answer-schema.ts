import type { TSchema } from 'typebox';
import type { ChatBody, ChatCall, ChatMessage } from './chat.ts';
import type { Dialect } from './dialects.ts';

type AnswerSchema = NonNullable<ChatCall['schema']>;

/**
 * How the answer's format is requested, as recorded on the span: a schema for this call, a schema for the step, or the
 * prompt.
 */
export function schemaKind({ format }: Dialect): 'call' | 'static' | 'prompt' {
  if (format === 'call_schema') return 'call';
  return format === 'json_schema' ? 'static' : 'prompt';
}

export function responseFormat({ format }: Dialect, answer: AnswerSchema): Partial<ChatBody> {
  if (format === 'none') return {};
  if (format === 'json_object') return { response_format: { type: 'json_object' } };
  const schema = format === 'call_schema' ? answer.narrowed() : staticSchema(answer.schema);
  return {
    response_format: {
      type: 'json_schema',
      json_schema: { name: answer.name, strict: true, schema: { ...schema } },
    },
  };
}

const statics = new WeakMap<TSchema, object>();

/** A step's schema as every call sends it: without `maxLength`, which not every strict mode accepts. */
function staticSchema(schema: TSchema): object {
  const known = statics.get(schema);
  if (known) return known;
  const made = withoutLengths(schema) as object;
  statics.set(schema, made);
  return made;
}

/** Safe as text search: no answer has a field named like the keyword. */
function withoutLengths(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutLengths);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'maxLength')
      .map(([key, entry]) => [key, withoutLengths(entry)]),
  );
}

/** JSON mode or no format: the endpoint promises JSON at most, so the prompt has to contain the schema. */
export function withSchemaInPrompt(messages: ChatMessage[], schema: TSchema): ChatMessage[] {
  const [system, ...rest] = messages;
  const text = typeof system?.content === 'string' ? system.content : '';
  const told = `${text}\n\n## Schema\n\nAnswer with one JSON object that matches this JSON schema, and nothing else:\n\n${JSON.stringify(schema)}`;
  return [{ role: 'system', content: told }, ...rest];
}
