import type { Attributes, Span } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { isSecretKey } from '../words/secret-keys.ts';

/** What is known of a span before it ends. */
export interface Note {
  /** Secrets that were removed, and the rules that found them. */
  count: number;
  rules: Set<string>;
  /** Attributes and events whose texts were read before they were set: nobody has to read them again. */
  attributes: Map<string, string>;
  events: Set<object>;
}
/** On the span itself: what a WeakMap holds survives young collections, and this has all the span's texts. */
const noteKey = Symbol('redaction.note');
type Noted = Span & { [noteKey]?: Note };

/** What was noted on a span so far; undefined where nothing was. */
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

/** Sets a text without secrets: one that was redacted, or put together from such. */
export function setRedactedAttribute(span: Span, key: string, text: string): void {
  span.setAttribute(key, text);
  if (!isSecretKey(key)) noteOn(span).attributes.set(key, text);
}

/** Adds an event whose texts are without secrets. */
export function addRedactedEvent(span: Span, name: string, attributes: Attributes): void {
  span.addEvent(name, attributes);
  const added = (span as Partial<ReadableSpan>).events?.at(-1);
  if (added && !Object.keys(attributes).some(isSecretKey)) noteOn(span).events.add(added);
}
