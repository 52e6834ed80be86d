import { type Finding, timesOf } from '@agento/contracts';
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

/** Most findings that are worth telling: a model is shown eight. */
const mostFindings = 16;

/** What keeps an answer of the right shape from being about exactly the things it was asked about. */
export function checkIds(answer: unknown, { each = {}, among = {} }: AnswerIds): Finding[] {
  const fields = answer as Record<string, unknown[]>;
  return [
    ...Object.entries(each).flatMap(([field, wanted]) => checkEach(field, fields[field] as Fields[], wanted)),
    ...Object.entries(among).flatMap(([field, known]) => checkAmong(field, fields[field] as string[], known)),
  ].slice(0, mostFindings);
}

function checkEach(field: string, entries: Fields[], wanted: readonly Record<string, string>[]): Finding[] {
  const keys = Object.keys(wanted[0] ?? {});
  const keyOf = (entry: Fields) => JSON.stringify(keys.map((key) => entry[key]));
  const times = timesOf(entries.map(keyOf));
  const known = new Set(wanted.map(keyOf));
  const lacking = wanted
    .filter((entry) => times(keyOf(entry)) !== 1)
    .map((entry) => {
      const what = keys.map((key) => `${key} ${entry[key]}`).join(', ');
      return {
        pointer: `/${field}`,
        detail: `must have one entry for ${what}, has ${times(keyOf(entry))}`,
      };
    });
  const strange = entries.flatMap((entry, index) =>
    known.has(keyOf(entry))
      ? []
      : [{ pointer: `/${field}/${index}`, detail: 'is for nothing that was asked' }],
  );
  return [...lacking, ...strange];
}

function checkAmong(field: string, named: string[], known: readonly string[]): Finding[] {
  const ids = new Set(known);
  const strange = named.flatMap((id, index) =>
    ids.has(id) ? [] : [{ pointer: `/${field}/${index}`, detail: `must be one of ${known.join(', ')}` }],
  );
  if (new Set(named).size !== named.length) {
    strange.push({ pointer: `/${field}`, detail: 'must not name one twice' });
  }
  return strange;
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
