import { matches } from '@agento/contracts';
import Type, { type Static, type TSchema } from 'typebox';

/**
 * What of a foreign value has the schema's shape: a field or an item of another type is left out, and with it
 * whatever requires it; `maxItems` of a list is where it ends. Undefined where nothing fits.
 */
export function pick<S extends TSchema>(schema: S, value: unknown): Static<S> | undefined {
  return picked(schema, value) as Static<S> | undefined;
}

function picked(schema: TSchema, value: unknown): unknown {
  if (Type.IsUnion(schema)) {
    for (const variant of schema.anyOf) {
      const fitting = picked(variant, value);
      if (fitting !== undefined) return fitting;
    }
    return undefined;
  }
  if (Type.IsArray(schema)) {
    if (!Array.isArray(value)) return undefined;
    const { maxItems } = schema as { maxItems?: number };
    return value
      .slice(0, maxItems)
      .map((item) => picked(schema.items, item))
      .filter((item) => item !== undefined);
  }
  if (!Type.IsObject(schema)) return matches(schema, value) ? value : undefined;
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
  const fields: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(schema.properties)) {
    const own = Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
    const fitting = own === undefined ? undefined : picked(field, own);
    if (fitting !== undefined) fields[key] = fitting;
    else if (!Type.IsOptional(field)) return undefined;
  }
  return fields;
}
