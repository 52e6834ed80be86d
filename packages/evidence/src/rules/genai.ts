import { chain, findings } from '@agento/contracts';
import { InputMessages, OutputMessages } from '../genai-messages.ts';
import { isInterrupted, moduleOf, type RecordedSpan, textOf } from '../model.ts';
import { jsonOf } from '../payload.ts';
import { failed, hasContent } from '../run.ts';
import type { Rule } from './rule.ts';

const schemas = { 'gen_ai.input.messages': InputMessages, 'gen_ai.output.messages': OutputMessages };

/** The messages on a chat span are JSON of the shape published by the GenAI conventions. */
export const genAiRules: Rule[] = chain.flatMap(({ number }) =>
  Object.entries(schemas).map(
    ([key, schema]): Rule => ({
      name: `module${number}.chat.${key}`,
      module: number,
      where: 'chat {model}',
      requires: `attribute ${key}: JSON as defined by the GenAI conventions' schema`,
      subject: { kind: 'attribute', key },
      check: (run) =>
        run.trace.spans
          .filter((span) => moduleOf(span) === number && span.name.startsWith('chat '))
          .filter((span) => !isInterrupted(span))
          .filter((span) => hasContent(span) && !(failed(span) && key === 'gen_ai.output.messages'))
          .flatMap((span) => wrong(span, key, schema).map((detail) => ({ span, detail }))),
    }),
  ),
);

function wrong(
  span: RecordedSpan,
  key: string,
  schema: typeof InputMessages | typeof OutputMessages,
): string[] {
  if (span.attributes[key] === undefined) return [`${key} is missing: record the messages as JSON`];
  const messages = jsonOf(textOf(span.attributes, key));
  if (messages === undefined) return [`${key} is not JSON: truncate texts, not the JSON`];
  const [first] = findings(schema, messages);
  return first ? [`${key}${first.pointer}: ${first.detail}`] : [];
}
