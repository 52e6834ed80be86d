import { gzipSync } from 'node:zlib';
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
import { activeSpan } from './span.ts';

/** The most bytes of UTF-8 an attribute of ours holds. */
export const maxAttributeBytes = 8_192;

/**
 * The most hex digits of a compressed payload in one event: Jaeger's badger storage puts every value into a key of its index,
 * and refuses the whole span when a key is over 65,000 bytes.
 */
const maxHexDigits = 60_000;

const encoder = new TextEncoder();
const cutBytes = new Uint8Array(maxAttributeBytes);

/** The text's beginning, cut at a character's edge: at most `bytes` bytes of UTF-8, themselves at most 8,192. */
export function cut(text: string, bytes = maxAttributeBytes): string {
  if (text.length * 3 <= bytes) return text;
  const { read } = encoder.encodeInto(text, cutBytes.subarray(0, bytes));
  return text.slice(0, read);
}

/** Whether the text has more than that many bytes of UTF-8; most are judged without encoding them. */
export function isLarge(text: string, bytes = maxAttributeBytes): boolean {
  if (text.length * 3 <= bytes) return false;
  return text.length > bytes || Buffer.byteLength(text) > bytes;
}

/** JSON of any value; a string is taken as it is. Never throws: see `toJson`. */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    // A replacer makes this several times as slow: only for what cannot do without.
    return toJson(value, withoutBigInt);
  }
}

/** What made a thing and where is not repeated in a capture: the span it stands on says so. Never throws. */
export function withoutOrigin(value: unknown): string {
  return toJson(value, (key, entry) => (key === 'produced_by' ? undefined : withoutBigInt(key, entry)));
}

function withoutBigInt(_key: string, entry: unknown): unknown {
  return typeof entry === 'bigint' ? String(entry) : entry;
}

/** JSON, where there is none (a value that contains itself) of a text that says so: telling must not fail the owner. */
function toJson(value: unknown, replacer: (key: string, entry: unknown) => unknown): string {
  try {
    return JSON.stringify(value, replacer) ?? '';
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    return JSON.stringify(`[not recorded: ${why}]`);
  }
}

/** The text as it may leave the process; what was removed is counted on the span. */
export function redacted(span: Span, text: string): string {
  const result = settingsOf(span).redactor.text(text);
  if (result.count > 0) noteRedactions(span, result.count, result.rules);
  return result.text;
}

/** The event that holds a large value whole, its key there, and the value's first 8,192 bytes. */
interface Stored {
  event: string;
  key: string;
  beginning: string;
}

/** Puts a large value, whole and redacted, into one event of the span. */
function storeLarge(span: Span, key: string, text: string, size = Buffer.byteLength(text)): Stored {
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

/** The key, or `{key}.2` and so on where a payload event of the span has it already: each names one value. */
function unusedKey(span: Span, key: string): string {
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
 * Records content on a span, redacted: up to 8,192 bytes of UTF-8 as the attribute itself; over that as
 * `{key}_truncated`, `{key}_size` (bytes), `payload_truncated` and one event that holds it whole
 * (`ai.payload.large`, or gzipped in hex in `ai.payload.large.compressed`). Strings are taken as they are,
 * anything else as JSON. Does nothing while content is switched off.
 */
export function setContent(span: Span, key: string, value: unknown): void {
  if (settingsOf(span).content && span.isRecording())
    setRedactedContent(span, key, redacted(span, toText(value)));
}

/** `setContent` of a text that is redacted. */
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

/** `setContent`, and an event with the same text; where that is large the event names the one that holds it whole. */
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

/** `setContentWithEvent` of a text that is redacted. */
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
 * Adds an event whose fields may be large: a field over 8,192 bytes is cut there and stands whole in a
 * payload event under `{name}.{field}` (the span's second of that name under `{name}.{field}.2`), named by
 * `{field}_payload_event` and `{field}_payload_key`.
 * Content is left out while it is switched off; `facts` (ids, counts, scores) stay.
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

/** Receives what captureStep records; the legacy record of TRACE_LEGACY. */
export type CaptureListener = (
  stage: string,
  captured: { inputs: unknown; outputs: unknown },
  span: Span,
) => void;
const listeners = new Set<CaptureListener>();

/** Has every captured step handed to the listener as well; returns how to stop that. */
export function onCapture(listener: CaptureListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Records what went into and came out of a step on the current span, as the event `capture.{stage}
 * {inputs, outputs}`. Name what is large by its id rather than repeating it.
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
