import { trace } from '@opentelemetry/api';
import { currentRedactor } from './run-secrets.ts';

/** The active trace's ids, for a log line; empty outside a trace. */
export function traceFields(): { trace_id?: string; span_id?: string } {
  const active = trace.getActiveSpan()?.spanContext();
  return active ? { trace_id: active.traceId, span_id: active.spanId } : {};
}

/** The text without the secrets in it, as it may stand in a log or an answer. */
export function redactText(text: string): string {
  return currentRedactor().text(text).text;
}
