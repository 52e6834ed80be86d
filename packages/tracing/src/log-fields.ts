import { type Redactor, withoutCredentials } from '@agento/redaction';
import { trace } from '@opentelemetry/api';
import { settingsOf } from './settings.ts';

/** The active trace's ids, for a log line; empty outside a trace. */
export function traceFields(): { trace_id?: string; span_id?: string } {
  const active = trace.getActiveSpan()?.spanContext();
  return active ? { trace_id: active.traceId, span_id: active.spanId } : {};
}

/** The text without secrets, safe for a log or a response. */
export function redactText(text: string): string {
  return settingsOf().redactor.text(text).text;
}

/**
 * A log line without secrets, including those recognised only by their place in a URL: `https://key@host/`, `?key=…`.
 */
export function redactLine(line: string): string {
  return redactedLine(line, settingsOf().redactor);
}

/** What may be a URL: an address, or a path with a query. */
const unbroken = /[^\s"'`<>\\]+/g;

/** `redactLine` with the given redactor. */
export function redactedLine(line: string, redactor: Redactor): string {
  const shown = line.replace(unbroken, (part) =>
    part.includes('://') || (part.includes('/') && part.includes('?')) ? withoutCredentials(part) : part,
  );
  return redactor.text(shown).text;
}
