import { cut } from '@agento/contracts';
import { redactText } from '@agento/tracing';

/** Most characters of a text, and most levels of objects, that are shown. */
const most = { text: 300, depth: 2 };

/**
 * An output as one reads it in a list: of a list how many it has, of a text its beginning. A few hundred bytes, where
 * the whole may be megabytes; that is in `module_output`.
 */
export function inShort(value: unknown, depth = most.depth): unknown {
  if (Array.isArray(value)) return value.length === 1 ? '1 entry' : `${value.length} entries`;
  if (typeof value === 'string') return beginningOf(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return '{…}';
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, inShort(entry, depth - 1)]));
}

/** Redacted before it is cut: half a secret is none that anybody recognises. */
function beginningOf(text: string): string {
  return text.length > most.text ? cut(redactText(text), most.text) : text;
}
