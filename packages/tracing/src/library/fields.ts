import type { Attributes } from '@opentelemetry/api';
import { withoutBytes } from '../bytes.ts';
import { toText } from '../payload.ts';

/** Values of any kind, for a span or an event. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * As OTLP can carry them: strings, numbers, booleans and lists of one of these stay; null and undefined are omitted;
 * anything else becomes JSON. The SDK would silently drop what it cannot carry.
 */
export function toAttributes(fields: Fields): Attributes {
  const attributes: Attributes = {};
  for (const [key, value] of Object.entries(fields)) {
    if (value === null || value === undefined) continue;
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      attributes[key] = value;
    } else if (isListOf(value, 'string') || isListOf(value, 'number') || isListOf(value, 'boolean')) {
      attributes[key] = value;
    } else {
      attributes[key] = toText(asJson(value));
    }
  }
  return attributes;
}

interface Primitives {
  string: string;
  number: number;
  boolean: boolean;
}

function isListOf<T extends keyof Primitives>(value: unknown, type: T): value is Primitives[T][] {
  return Array.isArray(value) && value.every((entry) => typeof entry === type);
}

/** A copy as JSON, with bytes by their size and hash; if it has no JSON, a text that says why. */
export function asJson(value: unknown): unknown {
  const json: unknown = JSON.parse(toText({ value: withoutBytes(value) }));
  return typeof json === 'object' ? ((json as { value?: unknown }).value ?? null) : json;
}
