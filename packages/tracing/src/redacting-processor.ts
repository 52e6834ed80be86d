import type { Span as ApiSpan, Attributes, AttributeValue } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import { attribute } from './names.ts';
import { settings } from './settings.ts';

const removed = new WeakMap<object, { count: number; rules: Set<string> }>();

/** Counts secrets that were removed from a span's content before it was set. */
export function noteRedactions(span: ApiSpan, count: number, rules: string[]): void {
  let note = removed.get(span);
  if (!note) {
    note = { count: 0, rules: new Set() };
    removed.set(span, note);
  }
  note.count += count;
  for (const rule of rules) note.rules.add(rule);
}

/**
 * Reads every text of a span just before it ends (name, attributes, events, links, status) and removes
 * secrets from it, whoever set it: instrumentations and other people's code included. It comes first among
 * the processors, so that no exporter sees a span it has not read.
 */
export class RedactingProcessor implements SpanProcessor {
  onStart(): void {}

  onEnding(span: Span): void {
    const readable = span as unknown as ReadableSpan;
    redactAttributes(span, readable.attributes);
    for (const entry of readable.events) if (entry.attributes) redactAttributes(span, entry.attributes);
    for (const link of readable.links) if (link.attributes) redactAttributes(span, link.attributes);
    if (readable.status.message) {
      const { text, count, rules } = settings.redactor.text(readable.status.message);
      if (count > 0) {
        readable.status.message = text;
        noteRedactions(span, count, rules);
      }
    }
    const name = settings.redactor.text(readable.name);
    if (name.count > 0) {
      span.updateName(name.text);
      noteRedactions(span, name.count, name.rules);
    }
    const note = removed.get(span);
    if (note) {
      span.setAttribute(attribute.redactions, note.count);
      span.setAttribute(attribute.redactionRules, [...note.rules].sort());
    }
  }

  onEnd(): void {}

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}

function redactAttributes(span: ApiSpan, attributes: Attributes): void {
  for (const key in attributes) {
    const value = attributes[key];
    if (typeof value !== 'string' && !Array.isArray(value)) continue;
    const result = settings.redactor.attribute(key, value);
    if (result.count === 0) continue;
    attributes[key] = result.value as AttributeValue;
    noteRedactions(span, result.count, result.rules);
  }
}
