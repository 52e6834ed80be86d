import type { Attributes, Span } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { isSecretKey } from '../words/secret-keys.ts';

/** What is known about a span before it ends. */
export interface Note {
  /** How many secrets were removed, and which rules found them. */
  count: number;
  rules: Set<string>;
  /** Attributes and events whose texts were redacted before they were set: they need no second reading. */
  attributes: Map<string, string>;
  events: Set<object>;
}
/**
 * Kept on the span itself: the contents of a WeakMap survive young collections, and this holds all the span's texts.
 */
const noteKey = Symbol('redaction.note');
type Noted = Span & { [noteKey]?: Note };

/** What was noted on a span so far; undefined if nothing was. */
export function notesOn(span: Span): Note | undefined {
  return (span as Noted)[noteKey];
}

function noteOn(span: Noted): Note {
  span[noteKey] ??= { count: 0, rules: new Set(), attributes: new Map(), events: new Set() };
  return span[noteKey];
}

/** Counts secrets that were removed from a span's content before it was set. */
export function noteRedactions(span: Span, count: number, rules: string[]): void {
  const note = noteOn(span);
  note.count += count;
  for (const rule of rules) note.rules.add(rule);
}

/** Sets a text without secrets: one that was redacted, or composed of such texts. */
export function setRedactedAttribute(span: Span, key: string, text: string): void {
  span.setAttribute(key, text);
  if (!isSecretKey(key)) noteOn(span).attributes.set(key, text);
}

/** Adds an event whose attributes contain no secrets. */
export function addRedactedEvent(span: Span, name: string, attributes: Attributes): void {
  span.addEvent(name, attributes);
  const added = (span as Partial<ReadableSpan>).events?.at(-1);
  if (added && !Object.keys(attributes).some(isSecretKey)) noteOn(span).events.add(added);
}
