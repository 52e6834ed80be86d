import { findings } from '@agento/contracts';
import schema from './semconv/messages.json' with { type: 'json' };

interface Message {
  role: string;
  parts: { type: string; [key: string]: unknown }[];
}

const { $defs } = schema;
const byType = new Map(
  Object.entries($defs as Record<string, { properties?: { type?: { const?: string } } }>).flatMap(
    ([name, { properties }]) =>
      properties?.type?.const === undefined ? [] : [[properties.type.const, name] as const],
  ),
);

/**
 * The messages of an attribute, which have the published schema's form. Its generic part lets everything pass: a part of a type that
 * the conventions define has to be as they define it.
 */
export function conventionsMessages(attribute: unknown): Message[] {
  const messages = JSON.parse(String(attribute)) as Message[];
  const wrong = messages.flatMap((message) => [
    ...found('OutputMessage', message),
    ...message.parts.flatMap((part) => found(byType.get(part.type) ?? 'GenericPart', part)),
  ]);
  if (wrong.length > 0) throw new Error(`${wrong.join('; ')} in ${attribute}`);
  return messages;
}

function found(name: string, value: unknown): string[] {
  const definition = { $defs, ...$defs[name as keyof typeof $defs] };
  return findings(definition as never, value).map(({ pointer, detail }) => `${name}${pointer} ${detail}`);
}
