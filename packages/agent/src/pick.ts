import { matches } from '@agento/contracts';
import Type, { type Static, type TObject, type TSchema } from 'typebox';

/**
 * The part of a foreign value that matches the schema: a field or entry of another type is dropped, together with
 * whatever requires it; a list is cut to `maxItems`. Undefined if nothing matches.
 */
export function pick<S extends TSchema>(schema: S, value: unknown): Static<S> | undefined {
  return pickerOf(schema)(value) as Static<S> | undefined;
}

type Picker = (value: unknown) => unknown;
const pickers = new WeakMap<TSchema, Picker>();

/** Computed once per schema: an answer has hundreds of values. */
function pickerOf(schema: TSchema): Picker {
  const known = pickers.get(schema);
  if (known) return known;
  const picker = createPicker(schema);
  pickers.set(schema, picker);
  return picker;
}

function createPicker(schema: TSchema): Picker {
  if (Type.IsUnion(schema)) return pickVariant(schema.anyOf.map(pickerOf));
  if (Type.IsArray(schema))
    return pickItems(pickerOf(schema.items), (schema as { maxItems?: number }).maxItems);
  if (Type.IsObject(schema)) return pickFields(schema);
  return (value) => (matches(schema, value) ? value : undefined);
}

function pickVariant(variants: Picker[]): Picker {
  return (value) => {
    for (const picker of variants) {
      const fitting = picker(value);
      if (fitting !== undefined) return fitting;
    }
    return undefined;
  };
}

function pickItems(picker: Picker, maxItems: number | undefined): Picker {
  return (value) =>
    Array.isArray(value)
      ? value
          .slice(0, maxItems)
          .map(picker)
          .filter((item) => item !== undefined)
      : undefined;
}

function pickFields(schema: TObject): Picker {
  const fields = Object.entries(schema.properties).map(([key, field]) => ({
    key,
    picker: pickerOf(field),
    isOptional: Type.IsOptional(field),
  }));
  return (value) => {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
    const picked: Record<string, unknown> = {};
    for (const { key, picker, isOptional } of fields) {
      const own = Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
      const fitting = own === undefined ? undefined : picker(own);
      if (fitting !== undefined) picked[key] = fitting;
      else if (!isOptional) return undefined;
    }
    return picked;
  };
}
