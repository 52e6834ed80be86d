import type { Span as ApiSpan, Attributes, AttributeValue } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import { withoutCredentials } from '../by-value/environment-secrets.ts';
import type { Redactor } from '../redactor.ts';
import { secretFreeState } from './secret-free-propagator.ts';
import { noteRedactions, notesOn } from './span-notes.ts';

export interface RedactingProcessorOptions {
  /** The redactor for spans; a function is called for each span as it ends. */
  redactor: Redactor | ((span: ApiSpan) => Redactor);
  /** Names of the attributes for the number of secrets in a span, and the rules that found them. */
  count?: string;
  rules?: string;
}

/**
 * Reads every text of a span just before it ends (name, attributes, events, links, status) and removes secrets from it,
 * whoever set it: including instrumentations and other people's code. Attribute keys stay as they are. It comes first among the processors, so that no
 * exporter sees a span it has not read.
 */
export class RedactingProcessor implements SpanProcessor {
  readonly #redactorOf: (span: ApiSpan) => Redactor;
  readonly #count: string;
  readonly #rules: string;

  constructor({ redactor, count = 'redaction.count', rules = 'redaction.rules' }: RedactingProcessorOptions) {
    this.#redactorOf = typeof redactor === 'function' ? redactor : () => redactor;
    this.#count = count;
    this.#rules = rules;
  }

  onStart(_span: Span): void {}

  onEnding(span: Span): void {
    const readable = span as unknown as ReadableSpan;
    const read = notesOn(span);
    const redactor = this.#redactorOf(span);
    redactAttributes(span, readable.attributes, redactor, read?.attributes);
    for (const entry of readable.events) {
      entry.name = withoutSecrets(span, entry.name, redactor);
      if (entry.attributes && !read?.events.has(entry)) redactAttributes(span, entry.attributes, redactor);
    }
    for (const link of readable.links) if (link.attributes) redactAttributes(span, link.attributes, redactor);
    const own = span.spanContext();
    const ownState = secretFreeState(own.traceState, redactor);
    if (ownState !== own.traceState) Object.assign(own, { traceState: ownState });
    for (const [at, link] of readable.links.entries()) {
      const { traceState, ...context } = link.context ?? {};
      const state = secretFreeState(traceState, redactor);
      // A copy: the context is another span's.
      if (state !== traceState)
        readable.links[at] = { ...link, context: { ...context, ...(state && { traceState: state }) } };
    }
    const { status, name } = readable;
    if (status.message) status.message = withoutSecrets(span, status.message, redactor);
    const shownName = withoutSecrets(span, name, redactor);
    if (shownName !== name) span.updateName(shownName);
    const note = notesOn(span);
    if (note && note.count > 0) {
      span.setAttribute(this.#count, note.count);
      span.setAttribute(this.#rules, [...note.rules].sort());
    }
  }

  onEnd(): void {}

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}

/** The text without secrets; what was removed is counted on the span. */
function withoutSecrets(span: ApiSpan, text: string, redactor: Redactor): string {
  // JavaScript may have given anything.
  const redacted = redactor.text(String(text));
  if (redacted.count > 0) noteRedactions(span, redacted.count, redacted.rules);
  return redacted.text;
}

const address = /^(?:url\.(?:full|query)|http\.(?:url|target))$/;

/** Secrets recognised only by their place in a URL: `https://key@host/`, `?key=…`. `url.query` has no `?`. */
function hideCredentials(span: ApiSpan | null, attributes: Attributes, key: string, url: string): void {
  const sign = key === 'url.query' ? '?' : '';
  const shown = withoutCredentials(sign + url).slice(sign.length);
  if (shown === url) return;
  attributes[key] = shown;
  if (span) noteRedactions(span, 1, ['url-credential']);
}

/**
 * Removes secrets from the attributes in place, except for texts known to have none. They are counted on the span; null:
 * nowhere, for a copy that is written elsewhere.
 */
export function redactAttributes(
  span: ApiSpan | null,
  attributes: Attributes,
  redactor: Redactor,
  known?: ReadonlyMap<string, string>,
): void {
  for (const key in attributes) {
    const value = attributes[key];
    if (known && typeof value === 'string' && known.get(key) === value) continue;
    if (typeof value !== 'string' && typeof value !== 'object') continue;
    if (typeof value === 'string' && address.test(key)) hideCredentials(span, attributes, key, value);
    const result = redactor.attribute(key, attributes[key]);
    if (result.count === 0) continue;
    attributes[key] = result.value as AttributeValue;
    if (span) noteRedactions(span, result.count, result.rules);
  }
}
