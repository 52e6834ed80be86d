import {
  type Context,
  isSpanContextValid,
  type SpanContext,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { randomFlag } from './random-flag.ts';
import { parseTraceState } from './trace-state.ts';

/** The version, the ids, the flags, and what a later version may add. */
const pattern = /^[ \t]*([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:(-.*)|[ \t]*)$/;
/** Flags without a meaning are not passed on. */
const knownFlags = TraceFlags.SAMPLED | randomFlag;

/** `traceparent` and `tracestate` as in W3C Trace Context level 2 (https://www.w3.org/TR/trace-context-2/). */
export class TraceContextPropagator implements TextMapPropagator {
  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    const span = trace.getSpanContext(context);
    if (!span || !isSpanContextValid(span) || isTracingSuppressed(context)) return;
    const flags = (span.traceFlags & knownFlags).toString(16).padStart(2, '0');
    setter.set(carrier, 'traceparent', `00-${span.traceId}-${span.spanId}-${flags}`);
    const state = span.traceState?.serialize();
    if (state) setter.set(carrier, 'tracestate', state);
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    const parent = parseTraceParent(textsOf(getter.get(carrier, 'traceparent')));
    if (!parent) return context;
    const traceState = parseTraceState(textsOf(getter.get(carrier, 'tracestate')).join(','));
    return trace.setSpanContext(context, { ...parent, ...(traceState && { traceState }) });
  }

  fields(): string[] {
    return ['traceparent', 'tracestate'];
  }
}

/** Null unless there is exactly one, and that is valid. */
function parseTraceParent(headers: string[]): SpanContext | null {
  const [header = '', ...others] = headers;
  const [, version, traceId = '', spanId = '', flags = '', more] = pattern.exec(header) ?? [];
  const isVersion = version !== undefined && version !== 'ff' && (version !== '00' || more === undefined);
  if (!isVersion || others.length > 0) return null;
  const parent = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & knownFlags, isRemote: true };
  return isSpanContextValid(parent) ? parent : null;
}

/** Carriers come from outside, as JSON, too: what is no text is no header. */
function textsOf(value: unknown): string[] {
  return [value].flat().filter((text) => typeof text === 'string');
}
