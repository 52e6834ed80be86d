import { gunzipSync } from 'node:zlib';
import { type Attributes, numberOf, type RecordedEvent, type RecordedSpan, textOf } from './model.ts';

/** The maximum unpacked size of a value, in bytes: trace data is untrusted. */
const unpackLimit = 64 * 1024 * 1024;

/** A recorded text; `whole` is false if only its beginning is left (the span shed its large events). */
export interface Payload {
  text: string;
  whole: boolean;
}

/** What `setContent` recorded under this key, in any form; null if nothing. */
export function payloadOf(span: RecordedSpan, key: string): Payload | null {
  const value = span.attributes[key];
  if (value !== undefined)
    return { text: typeof value === 'string' ? value : JSON.stringify(value), whole: true };
  const cut = span.attributes[`${key}_truncated`];
  if (typeof cut !== 'string') return null;
  const text = storedText(span, key);
  if (text !== null) return { text, whole: true };
  return hasShed(span) ? { text: cut, whole: false } : null;
}

/** A field of an event, complete: if it is large, the event names another event that holds it. */
export function fieldOf(span: RecordedSpan, event: RecordedEvent, field: string): Payload | null {
  const text = event.attributes[field];
  if (typeof text !== 'string') return null;
  const key = referenceOf(event.attributes, field);
  if (key === null) return { text, whole: true };
  const stored = storedText(span, key);
  if (stored !== null) return { text: stored, whole: true };
  return hasShed(span) ? { text, whole: false } : null;
}

/** The key under which a large field is complete; null if the field itself is. */
export function referenceOf(attributes: Attributes, field: string): string | null {
  return textOf(attributes, `${field}_payload_key`) || textOf(attributes, 'payload_key') || null;
}

/**
 * The value of an `ai.payload.large` event, decompressed if needed; null if there is none. If a value was set
 * repeatedly it is the last one, as with attributes.
 */
export function storedText(span: RecordedSpan, key: string): string | null {
  let text: string | null = null;
  let parts = 1;
  // One value may be compressed into several events, in any order.
  let compressed = new Map<number, string>();
  for (const { name, attributes } of span.events) {
    const value = attributes[key];
    if (typeof value !== 'string') continue;
    if (name === 'ai.payload.large') {
      text = value;
      compressed = new Map();
    } else if (name === 'ai.payload.large.compressed') {
      parts = numberOf(attributes, 'parts') ?? 1;
      compressed.set(numberOf(attributes, 'part') ?? 1, value);
    }
  }
  if (compressed.size === 0) return text;
  // The count is untrusted, too: never more than there are events.
  if (compressed.size < parts) return null;
  const hex = Array.from({ length: parts }, (_, index) => compressed.get(index + 1) ?? '');
  return unpacked(hex.join(''));
}

function unpacked(hex: string): string | null {
  try {
    return gunzipSync(Buffer.from(hex, 'hex'), { maxOutputLength: unpackLimit }).toString('utf8');
  } catch {
    return null;
  }
}

/** An oversized span may shed its large events rather than be lost. */
export function hasShed(span: RecordedSpan): boolean {
  return span.attributes['agento.shed'] === true;
}

/** A text parsed as JSON; undefined if it is not JSON. */
export function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
