import { checkEntries, checkKeys, type Finding } from '@agento/contracts';
import type { TSchema } from 'typebox';

/**
 * What one answer is about, by the answer's fields: the list `each[field]` has one entry for each of these, with these
 * ids in it; the texts of the list `among[field]` are some of these, none twice.
 */
export interface AnswerIds {
  each?: Record<string, readonly Record<string, string>[]>;
  among?: Record<string, readonly string[]>;
}

type Fields = Record<string, unknown>;

/** What keeps an answer of the right shape from being about exactly the things it was asked about. */
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
 * The schema of one call: of an answer's schema, with the ids of the call in it and as many entries as there must be. A
 * small model that is held to it cannot name what does not exist; a provider that compiles each schema would have to do so
 * for every call.
 */
export function narrowSchema(schema: TSchema, { each = {}, among = {} }: AnswerIds): TSchema {
  const { properties } = schema as unknown as ObjectSchema;
  const narrowed = { ...properties };
  for (const [field, wanted] of Object.entries(each)) {
    const list = properties[field] as { items: ObjectSchema & Fields } & Fields;
    const { items, ...rest } = list;
    const count = { minItems: wanted.length, maxItems: wanted.length };
    // Without `items`, which llama.cpp reads instead of `prefixItems`: the count says that nothing follows.
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
