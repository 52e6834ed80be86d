import type { Attributes } from '@opentelemetry/api';
import type { ReadableSpan, Span } from '@opentelemetry/sdk-trace';
import { textWithoutBytes } from '../bytes.ts';
import { exactly } from '../exact-json.ts';
import { inConventionsForm, shorten } from '../genai.ts';
import { harmless } from '../harmless.ts';
import { attribute, event } from '../names.ts';
import { isLarge, setRedactedContent, storeLarge, toText, unusedKey } from '../payload.ts';
import { setRedactedAttribute } from '../redacting-processor.ts';
import { settingsOf } from '../settings.ts';
import { isContentAttribute, isContentEvent } from './content-names.ts';

/** Scopes of our own spans: what they record has kept the rules when it was set. */
const ownScope = /^(agento(\.module\d+)?|@agento\/tracing)$/;
/** What we record on other people's spans keeps its form, whatever its size, as on ours. */
const ownKey = /^agento\./;
/** Shorter texts hold no bytes that would have to go. */
const mostLooked = 1_368;
/** Attributes that readers parse: they are shortened within their JSON. */
const messages = new Set<string>([attribute.genAiInputMessages, attribute.genAiOutputMessages]);

/**
 * Before a span that other code made is redacted: its messages are in the convention's form, whatever the framework calls their
 * parts, and bytes in its values are by their size and hash, so that nobody reads, keeps or sends megabytes of an image.
 */
export function leaveOutBytes(span: Span): void {
  const readable = span as unknown as ReadableSpan;
  if (ownScope.test(readable.instrumentationScope?.name ?? '')) return;
  const { attributes, events } = readable;
  for (const key of messages) {
    const text = attributes[key];
    if (typeof text === 'string') harmless(() => keepForm(attributes, key, text));
  }
  for (const fields of [attributes, ...events.map((event) => event.attributes ?? {})]) {
    for (const key in fields) {
      const value = fields[key];
      if (typeof value === 'string' && isLarge(value, mostLooked)) fields[key] = textWithoutBytes(value);
    }
  }
}

function keepForm(attributes: Attributes, key: string, text: string): void {
  const given = exactly(text);
  const list = inConventionsForm(given);
  if (list?.some((message) => !(given as object[]).includes?.(message)))
    attributes[key] = JSON.stringify(list);
}

/**
 * Applies the rules for payloads to a span that other code made (an instrumentation, a framework), once it is redacted: a value
 * over 8,192 bytes is truncated with the marks that `setContent` makes, and complete in a payload event. While content is
 * off, what is known as content is removed.
 */
export function keepPayloadRules(span: Span): void {
  const readable = span as unknown as ReadableSpan;
  if (ownScope.test(readable.instrumentationScope?.name ?? '')) return;
  if (!settingsOf(span).content) removeContent(readable);
  const { attributes } = readable;
  for (const key in attributes) {
    const large = largeText(attributes[key]);
    if (large === null || ownKey.test(key)) continue;
    if (messages.has(key) && shortenMessages(span, key, large)) continue;
    delete attributes[key];
    setRedactedContent(span, key, large);
  }
  // A copy: the complete values become events themselves.
  for (const { name, attributes = {} } of [...readable.events]) {
    if (name.startsWith(event.payloadLarge) || ownKey.test(name)) continue;
    truncateFields(span, name, attributes);
  }
}

/** The text of a value over 8,192 bytes; null for others. Numbers, booleans and bytes are never large. */
function largeText(value: unknown): string | null {
  if (typeof value === 'string') return isLarge(value) ? value : null;
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return null;
  if (Array.isArray(value) && !value.some((part) => typeof part === 'string' || typeof part === 'object'))
    return null;
  const text = toText(value);
  return isLarge(text) ? text : null;
}

/** Shortens the texts in the convention's JSON, which stays valid; false if it is none. */
function shortenMessages(span: Span, key: string, text: string): boolean {
  try {
    const list = JSON.parse(text);
    shorten(list);
    const shortened = JSON.stringify(list);
    if (isLarge(shortened)) return false;
    storeLarge(span, key, text);
    setRedactedAttribute(span, key, shortened);
    return true;
  } catch {
    return false;
  }
}

/** As `addContentEvent` does for a large field of ours. */
function truncateFields(span: Span, name: string, fields: Attributes): void {
  for (const field in fields) {
    const large = largeText(fields[field]);
    if (large === null) continue;
    const stored = storeLarge(span, unusedKey(span, `${name}.${field}`), large);
    fields[field] = stored.beginning;
    fields[`${field}_payload_event`] = stored.event;
    fields[`${field}_payload_key`] = stored.key;
  }
}

function removeContent({ attributes, events }: ReadableSpan): void {
  for (const key in attributes) if (isContentAttribute(key)) delete attributes[key];
  const kept = events.filter(({ name }) => !isContentEvent(name));
  events.splice(0, events.length, ...kept);
}
