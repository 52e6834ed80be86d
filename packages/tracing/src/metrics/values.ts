import type { Attributes } from '@opentelemetry/api';

/** Most values of an attribute, and most characters of one. */
const most = { values: 100, length: 128 };

/** The conventions' value for what has no name of its own. */
const other = '_OTHER';

/**
 * Picks attributes by name, each with a bounded number of values: model names and error codes come from endpoints, and every
 * new one would be a series that is kept for as long as the process lives.
 */
export function knownValues(): (from: Attributes, names: readonly string[]) => Attributes {
  const known = new Map<string, Set<unknown>>();
  const bounded = (name: string, value: unknown) => {
    const values = known.get(name) ?? new Set();
    known.set(name, values);
    if (values.has(value)) return true;
    if (values.size >= most.values || String(value).length > most.length) return false;
    values.add(value);
    return true;
  };
  return (from, names) => {
    const picked: Attributes = {};
    for (const name of names) {
      const value = from[name];
      if (value !== undefined) picked[name] = bounded(name, value) ? value : other;
    }
    return picked;
  };
}
