import type { Attributes, AttributeValue } from '@agento/evidence';

/** Longer texts of `spans` and `events` are cut: they stand whole in the other tables, and in the trace. */
export const longestText = 160;

/** Attributes as JSON, with long texts cut; by name, since Jaeger keeps no order. */
export function cutJson(attributes: Attributes): string {
  const byName = Object.entries(attributes).sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify(Object.fromEntries(byName), (_, value: AttributeValue) =>
    typeof value === 'string' && value.length > longestText
      ? `${value.slice(0, longestText - 20).toWellFormed()}…[cut]`
      : value,
  );
}

/** A value as JSON; null for none. */
export function jsonOf(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}
