import type { TSchema } from 'typebox';

/** A value at a path, and its JSON pointer. */
export interface Place {
  pointer: string;
  value: unknown;
}

/** What stands at the end of a path. */
export type Leaf = 'number' | 'text' | 'other';

/** Where something stands in JSON: `score`, `evaluations[].rating`. */
export interface Path {
  text: string;
  isList: boolean;
  /** Every value there is at it; where a list is absent or null, none. */
  read(value: unknown): Place[];
}

interface Part {
  name: string;
  isList: boolean;
}

/** Null if the text is no path. */
export function parsePath(text: string): Path | null {
  const parts = partsOf(text);
  if (parts === null) return null;
  return {
    text,
    isList: parts.some(({ isList }) => isList),
    read: (value) => parts.reduce(follow, [{ pointer: '', value }]),
  };
}

/**
 * What the schema has at the path; otherwise a sentence about what it has instead, which `whose` begins:
 * `the answer of plan_selection`.
 */
export function leafOf(schema: TSchema, text: string, whose: string): { leaf: Leaf } | { fault: string } {
  const parts = partsOf(text);
  if (parts === null) return { fault: `${text} is no path: write it like score or evaluations[].rating` };
  let here = schema as Json;
  const passed: string[] = [];
  for (const { name, isList } of parts) {
    const fields = optionsOf(here).flatMap(({ properties = {} }) => Object.entries(properties));
    const found = fields.find(([key]) => key === name)?.[1];
    const where = passed.length > 0 ? `${passed.join('.')} in ${whose}` : whose;
    if (!found) {
      const names = [...new Set(fields.map(([key]) => key))];
      return {
        fault: `${where} has no ${name}${names.length > 0 ? `: it has ${names.join(', ')}` : ''}`,
      };
    }
    const lists = optionsOf(found).flatMap(({ items }) => items ?? []);
    if (isList !== lists.length > 0) {
      const remedy = isList ? `is no list: write it without []` : `is a list: write ${name}[]`;
      return { fault: `${name} in ${where} ${remedy}` };
    }
    passed.push(isList ? `${name}[]` : name);
    here = isList ? (lists[0] as Json) : found;
  }
  const kinds = new Set(optionsOf(here).flatMap(kindOf));
  return { leaf: kinds.size === 1 ? ([...kinds][0] as Leaf) : 'other' };
}

/** As much of JSON Schema as the schemas of answers and inputs use. */
interface Json {
  type?: string;
  properties?: Record<string, Json>;
  items?: Json;
  anyOf?: Json[];
  enum?: unknown[];
  const?: unknown;
}

function optionsOf(schema: Json): Json[] {
  return schema.anyOf ? schema.anyOf.flatMap(optionsOf) : [schema];
}

function kindOf({ type, enum: values, const: value }: Json): Leaf[] {
  if (type === 'null') return [];
  if (type === 'number' || type === 'integer') return ['number'];
  const all = values ?? (value === undefined ? [] : [value]);
  if (type === 'string' || (all.length > 0 && all.every((entry) => typeof entry === 'string')))
    return ['text'];
  return ['other'];
}

function partsOf(text: string): Part[] | null {
  const parts = text.split('.').map((part): Part | null => {
    const [, name, list] = /^([A-Za-z_]\w*)(\[\])?$/.exec(part) ?? [];
    return name === undefined ? null : { name, isList: list !== undefined };
  });
  return parts.every((part) => part !== null) ? parts : null;
}

function follow(places: Place[], { name, isList }: Part): Place[] {
  return places.flatMap(({ pointer, value }): Place[] => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return [];
    const found = { pointer: `${pointer}/${name}`, value: (value as Record<string, unknown>)[name] };
    if (!isList) return [found];
    if (!Array.isArray(found.value)) return [];
    return found.value.map((entry, index) => ({ pointer: `${found.pointer}/${index}`, value: entry }));
  });
}

/** Every place in the schema that holds a number or a text, as a path, in the order of the schema. */
export function placesIn(schema: TSchema): { path: string; holds: Leaf }[] {
  return under(schema as Json, '');
}

function under(schema: Json, before: string): { path: string; holds: Leaf }[] {
  const options = optionsOf(schema);
  const lists = options.flatMap(({ items }) => items ?? []);
  if (lists.length > 0) return lists.flatMap((items) => under(items, `${before}[]`));
  const fields = options.flatMap(({ properties = {} }) => Object.entries(properties));
  if (fields.length > 0)
    return fields.flatMap(([name, field]) => under(field, before === '' ? name : `${before}.${name}`));
  const kinds = new Set(options.flatMap(kindOf));
  return kinds.size === 1 ? [{ path: before, holds: [...kinds][0] as Leaf }] : [];
}
