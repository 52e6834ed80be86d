import { isSecretKey, withoutCredentials } from '@agento/redaction';
import type { Span as ApiSpan, Attributes, AttributeValue } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import { attribute } from './names.ts';
import { bindToRun, currentRedactor } from './run-secrets.ts';
import { secretFreeState } from './secret-free-propagator.ts';

/** What is known of a span before it ends. */
interface Note {
  /** Secrets that were removed, and the rules that found them. */
  count: number;
  rules: Set<string>;
  /** Attributes and events whose texts were read before they were set: nobody has to read them again. */
  attributes: Map<string, string>;
  events: Set<object>;
}
/** On the span itself: what a WeakMap holds survives young collections, and this has all the span's texts. */
const noteKey = Symbol('agento.note');
type Noted = ApiSpan & { [noteKey]?: Note };

function noteOf(span: Noted): Note {
  span[noteKey] ??= { count: 0, rules: new Set(), attributes: new Map(), events: new Set() };
  return span[noteKey];
}

/** Counts secrets that were removed from a span's content before it was set. */
export function noteRedactions(span: ApiSpan, count: number, rules: string[]): void {
  const note = noteOf(span);
  note.count += count;
  for (const rule of rules) note.rules.add(rule);
}

/** Sets a text without secrets: one that was redacted, or put together from such. */
export function setRead(span: ApiSpan, key: string, text: string): void {
  span.setAttribute(key, text);
  if (!isSecretKey(key)) noteOf(span).attributes.set(key, text);
}

/** Adds an event whose texts are without secrets. */
export function addReadEvent(span: ApiSpan, name: string, attributes: Attributes): void {
  span.addEvent(name, attributes);
  const added = (span as Partial<ReadableSpan>).events?.at(-1);
  if (added && !Object.keys(attributes).some(isSecretKey)) noteOf(span).events.add(added);
}

/**
 * Reads every text of a span just before it ends (name, attributes, events, links, status) and removes
 * secrets from it, whoever set it: instrumentations and other people's code included. It comes first among
 * the processors, so that no exporter sees a span it has not read.
 */
export class RedactingProcessor implements SpanProcessor {
  onStart(span: Span): void {
    bindToRun(span);
  }

  onEnding(span: Span): void {
    const readable = span as unknown as ReadableSpan;
    const known = (span as Noted)[noteKey];
    const redactor = currentRedactor(span);
    redactAttributes(span, readable.attributes, known?.attributes);
    for (const entry of readable.events) {
      if (entry.attributes && !known?.events.has(entry)) redactAttributes(span, entry.attributes);
    }
    for (const link of readable.links) if (link.attributes) redactAttributes(span, link.attributes);
    for (const { context } of [{ context: span.spanContext() }, ...readable.links]) {
      const state = secretFreeState(context.traceState, redactor);
      if (state !== context.traceState) Object.assign(context, { traceState: state });
    }
    if (readable.status.message) {
      const { text, count, rules } = redactor.text(readable.status.message);
      if (count > 0) {
        readable.status.message = text;
        noteRedactions(span, count, rules);
      }
    }
    const name = redactor.text(readable.name);
    if (name.count > 0) {
      span.updateName(name.text);
      noteRedactions(span, name.count, name.rules);
    }
    const note = (span as Noted)[noteKey];
    if (note && note.count > 0) {
      span.setAttribute(attribute.redactions, note.count);
      span.setAttribute(attribute.redactionRules, [...note.rules].sort());
    }
  }

  onEnd(): void {}

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}

const address = /^(?:url\.(?:full|query)|http\.(?:url|target))$/;

/** What only its place in a URL makes a secret: `https://key@host/`, `?key=…`. A query stands there without its `?`. */
function hideCredentials(span: ApiSpan, attributes: Attributes, key: string, url: string): void {
  const sign = key === 'url.query' ? '?' : '';
  const shown = withoutCredentials(sign + url).slice(sign.length);
  if (shown === url) return;
  attributes[key] = shown;
  noteRedactions(span, 1, ['url-credential']);
}

/** Removes secrets from the attributes where they are, but for the texts that are known to have none. */
export function redactAttributes(
  span: ApiSpan,
  attributes: Attributes,
  known?: ReadonlyMap<string, string>,
): void {
  const redactor = currentRedactor(span);
  for (const key in attributes) {
    const value = attributes[key];
    if (known && typeof value === 'string' && known.get(key) === value) continue;
    if (typeof value !== 'string' && !Array.isArray(value)) continue;
    if (typeof value === 'string' && address.test(key)) hideCredentials(span, attributes, key, value);
    const result = redactor.attribute(key, attributes[key]);
    if (result.count === 0) continue;
    attributes[key] = result.value as AttributeValue;
    noteRedactions(span, result.count, result.rules);
  }
}
