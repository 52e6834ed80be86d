import { checkEntries, checkKeys, type Finding } from '@agento/contracts';
import type { TSchema } from 'typebox';

/**
 * The ids an answer must refer to, by field: the list `each[field]` has exactly one entry for each of these, with these
 * ids; the texts of the list `among[field]` are a selection of these, without duplicates.
 */
export interface AnswerIds {
  each?: Record<string, readonly Record<string, string>[]>;
  among?: Record<string, readonly string[]>;
}

type Fields = Record<string, unknown>;

/** Findings on an answer of the right shape that does not refer to exactly the expected ids. */
export function checkIds(answer: unknown, { each = {}, among = {} }: AnswerIds): Finding[] {
  const fields = answer as Record<string, unknown[]>;
  return [
    ...Object.entries(each).flatMap(([field, wanted]) =>
      checkEntries(`/${field}`, fields[field] as Fields[], Object.keys(wanted[0] ?? {}), wanted),
    ),
    ...Object.entries(among).flatMap(([field, known]) => {
      const ids = new Set(known);
      return checkKeys(
        fields[field] as string[],
        (index) => `/${field}/${index}`,
        (id) => (ids.has(id) ? null : `must be one of ${known.join(', ')}`),
      );
    }),
  ];
}

interface ObjectSchema {
  properties: Record<string, Fields>;
}

/**
 * The schema for one call: the answer's schema with the call's ids and the exact number of entries. It keeps a small
 * model from inventing ids; a provider that compiles schemas would have to compile one for every call.
 */
export function narrowSchema(schema: TSchema, { each = {}, among = {} }: AnswerIds): TSchema {
  const { properties } = schema as unknown as ObjectSchema;
  const narrowed = { ...properties };
  for (const [field, wanted] of Object.entries(each)) {
    const list = properties[field] as { items: ObjectSchema & Fields } & Fields;
    const { items, ...rest } = list;
    const count = { minItems: wanted.length, maxItems: wanted.length };
    // Without `items`, which llama.cpp reads instead of `prefixItems`: the count rules out further entries.
    const prefixItems = wanted.map((ids) => ({
      ...items,
      properties: { ...items.properties, ...constants(ids) },
    }));
    narrowed[field] = wanted.length === 0 ? { ...list, ...count } : { ...rest, prefixItems, ...count };
  }
  for (const [field, known] of Object.entries(among)) {
    const list = properties[field] as Fields;
    narrowed[field] = { ...list, items: { type: 'string', enum: known } };
  }
  return { ...schema, properties: narrowed } as unknown as TSchema;
}

function constants(ids: Record<string, string>): Record<string, Fields> {
  return Object.fromEntries(Object.entries(ids).map(([key, id]) => [key, { type: 'string', const: id }]));
}
