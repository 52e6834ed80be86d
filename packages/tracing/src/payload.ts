import { gzipSync } from 'node:zlib';
import { withoutCredentials } from '@agento/redaction';
import type { Attributes, Span } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { attribute, captureEvent, event } from './names.ts';
import {
  addRedactedEvent,
  noteRedactions,
  redactAttributes,
  setRedactedAttribute,
} from './redacting-processor.ts';
import { settingsOf } from './settings.ts';
import { activeSpan, textOf } from './span.ts';

/** Most bytes of UTF-8 in an attribute of ours. */
export const maxAttributeBytes = 8_192;

/**
 * Most hex digits of a compressed payload in one event: Jaeger's badger storage puts every value into a key of its
 * index, and rejects the whole span if a key is over 65,000 bytes.
 */
const maxHexDigits = 60_000;

const encoder = new TextEncoder();
const cutBytes = new Uint8Array(maxAttributeBytes);

/** The beginning of the text, cut between characters: at most `bytes` bytes of UTF-8, itself at most 8,192. */
export function cut(text: string, bytes = maxAttributeBytes): string {
  if (text.length * 3 <= bytes) return text;
  const { read } = encoder.encodeInto(text, cutBytes.subarray(0, bytes));
  return text.slice(0, read);
}

/** Whether the text has more than that many bytes of UTF-8; usually decided without encoding it. */
export function isLarge(text: string, bytes = maxAttributeBytes): boolean {
  if (text.length * 3 <= bytes) return false;
  return text.length > bytes || Buffer.byteLength(text) > bytes;
}

/** JSON of any value; a string stays as it is. Never throws: see `toJson`. */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    // A replacer takes several times as long: only for values that need one.
    return toJson(value, withoutBigInt);
  }
}

/** Captures do not repeat `produced_by`: their span already says it. Never throws. */
export function withoutOrigin(value: unknown): string {
  return toJson(value, (key, entry) => (key === 'produced_by' ? undefined : withoutBigInt(key, entry)));
}

function withoutBigInt(_key: string, entry: unknown): unknown {
  return typeof entry === 'bigint' ? String(entry) : entry;
}

/** JSON, or a text that says why there is none (a value that contains itself): recording must not fail its caller. */
function toJson(value: unknown, replacer: (key: string, entry: unknown) => unknown): string {
  try {
    return JSON.stringify(value, replacer) ?? '';
  } catch (error) {
    const why = textOf(error).split('\n')[0];
    return JSON.stringify(`[not recorded: ${why}]`);
  }
}

/** The text, safe to leave the process; what was removed is counted on the span. What is no text after all is its JSON. */
export function redacted(span: Span, text: string): string {
  const shown = withoutSignature(span, toText(text));
  const result = settingsOf(span).redactor.text(shown);
  if (result.count > 0) noteRedactions(span, result.count, result.rules);
  return result.text;
}

/** An address alone, such as that of an image: what lets its reader in is known by its place there (`?sig=…`, `?Signature=…`). */
export function withoutSignature(span: Span, text: string): string {
  if (text.length > 8_192 || !/^[a-z][a-z0-9+.-]*:\/\/[^\s?]*\?\S*$/i.test(text)) return text;
  const shown = withoutCredentials(text);
  if (shown !== text) noteRedactions(span, 1, ['url-credential']);
  return shown;
}

/** The event that holds a large value, its key there, and the value's first 8,192 bytes. */
interface Stored {
  event: string;
  key: string;
  beginning: string;
}

/** Puts a large value, complete and redacted, into one event of the span. */
export function storeLarge(span: Span, key: string, text: string, size = Buffer.byteLength(text)): Stored {
  span.setAttribute(attribute.payloadTruncated, true);
  const beginning = cut(text);
  if (size <= settingsOf(span).compressionThreshold) {
    addRedactedEvent(span, event.payloadLarge, { [key]: text });
    return { event: event.payloadLarge, key, beginning };
  }
  const compressed = gzipSync(text);
  const hex = compressed.toString('hex');
  const parts = Math.ceil(hex.length / maxHexDigits);
  for (let part = 1; part <= parts; part += 1) {
    addRedactedEvent(span, event.payloadCompressed, {
      [key]: hex.slice((part - 1) * maxHexDigits, part * maxHexDigits),
      original_size: size,
      compressed_size: compressed.length,
      ...(parts > 1 && { part, parts }),
    });
  }
  return { event: event.payloadCompressed, key, beginning };
}

/** The key, or `{key}.2` and so on if a payload event of the span already has it: each names one value. */
export function unusedKey(span: Span, key: string): string {
  const events = (span as Partial<ReadableSpan>).events ?? [];
  const isUsed = (candidate: string) =>
    events.some(
      ({ name, attributes }) => name.startsWith(event.payloadLarge) && attributes && candidate in attributes,
    );
  let free = key;
  for (let number = 2; isUsed(free); number += 1) free = `${key}.${number}`;
  return free;
}

/**
 * Records content on a span, redacted: up to 8,192 bytes of UTF-8 as the attribute itself; beyond that as
 * `{key}_truncated`, `{key}_size` (bytes), `payload_truncated` and one event that holds all of it (`ai.payload.large`,
 * or gzipped in hex in `ai.payload.large.compressed`). Strings are recorded as they are, anything else as JSON. Does
 * nothing while content is off.
 */
export function setContent(span: Span, key: string, value: unknown): void {
  if (settingsOf(span).content && span.isRecording())
    setRedactedContent(span, key, redacted(span, toText(value)));
}

/** `setContent` for a text that is already redacted. */
export function setRedactedContent(span: Span, key: string, text: string): Stored | null {
  if (!isLarge(text)) {
    setRedactedAttribute(span, key, text);
    return null;
  }
  const size = Buffer.byteLength(text);
  const stored = storeLarge(span, key, text, size);
  setRedactedAttribute(span, `${key}_truncated`, stored.beginning);
  span.setAttribute(`${key}_size`, size);
  return stored;
}

/** `setContent`, plus an event with the same text; if it is large, the event names the one that holds all of it. */
export function setContentWithEvent(
  span: Span,
  key: string,
  eventName: string,
  field: string,
  value: unknown,
): void {
  if (!settingsOf(span).content || !span.isRecording()) return;
  setRedactedContentWithEvent(span, key, eventName, field, redacted(span, toText(value)));
}

/** `setContentWithEvent` for a text that is already redacted. */
export function setRedactedContentWithEvent(
  span: Span,
  key: string,
  eventName: string,
  field: string,
  text: string,
): void {
  const stored = setRedactedContent(span, key, text);
  addRedactedEvent(
    span,
    eventName,
    stored
      ? { [field]: stored.beginning, payload_event: stored.event, payload_key: stored.key }
      : { [field]: text },
  );
}

/**
 * Adds an event whose fields may be large: a field over 8,192 bytes is truncated there and complete in a payload event
 * under `{name}.{field}` (for the span's second event of that name under `{name}.{field}.2`), named by
 * `{field}_payload_event` and `{field}_payload_key`. Content is omitted while it is off; `facts` (ids, counts, scores)
 * stay.
 */
export function addContentEvent(
  span: Span,
  name: string,
  content: Record<string, unknown>,
  facts: Attributes = {},
): void {
  if (!span.isRecording()) return;
  const attributes: Attributes = { ...facts };
  redactAttributes(span, attributes);
  if (settingsOf(span).content) {
    for (const [field, value] of Object.entries(content)) {
      if (value === undefined || value === null) continue;
      const text = redacted(span, toText(value));
      if (!isLarge(text)) {
        attributes[field] = text;
        continue;
      }
      const stored = storeLarge(span, unusedKey(span, `${name}.${field}`), text);
      attributes[field] = stored.beginning;
      attributes[`${field}_payload_event`] = stored.event;
      attributes[`${field}_payload_key`] = stored.key;
    }
  }
  if (Object.keys(attributes).length > 0) addRedactedEvent(span, name, attributes);
}

/** Receives what captureStep records, for the legacy record of TRACE_LEGACY. */
export type CaptureListener = (
  stage: string,
  captured: { inputs: unknown; outputs: unknown },
  span: Span,
) => void;
const listeners = new Set<CaptureListener>();

/** Passes every captured step to the listener as well; returns a function that stops this. */
export function onCapture(listener: CaptureListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Records a step's input and output on the current span, as the event `capture.{stage} {inputs, outputs}`. Name large
 * values by id rather than repeating them.
 */
export function captureStep(
  stage: string,
  { inputs = {}, outputs = {} }: { inputs?: unknown; outputs?: unknown },
): void {
  const span = activeSpan();
  if (settingsOf(span).content && span.isRecording()) {
    const name = captureEvent(stage);
    addContentEvent(span, name, { inputs: withoutOrigin(inputs), outputs: withoutOrigin(outputs) });
  }
  for (const listener of listeners) listener(stage, { inputs, outputs }, span);
}
