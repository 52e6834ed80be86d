import { type Context, context, isSpanContextValid, type Span, trace } from '@opentelemetry/api';
import { SecretFreePropagator } from '../secret-free-propagator.ts';
import { TraceContextPropagator } from '../trace-context-propagator.ts';
import { contextBelow } from './begin.ts';

/** What one agent passes to another besides the work itself; plain JSON. */
export interface A2ACarrier {
  source_agent: string;
  target_agent: string;
  session_id: string;
  /** W3C headers; empty outside a trace. */
  trace_headers: { traceparent?: string; tracestate?: string };
  /** 32 hex digits, for people and logs; absent outside a trace. */
  trace_id?: string;
}

/** A received hand-off. */
export interface A2AContext {
  /** Null if the carrier does not say. */
  source_agent: string | null;
  target_agent: string | null;
  session_id: string | null;
  trace_id: string;
  /** Use it as the parent of the work for the hand-off. */
  parent: Context;
}

// Not the process's propagator, which may be any: the carrier's headers are W3C's.
const propagator = new SecretFreePropagator(new TraceContextPropagator());

/** The carrier that continues the span's trace (default: the active one's) in another agent. */
export function buildA2AContext(
  handOff: { source_agent: string; target_agent: string; session_id: string },
  span?: Span,
): A2ACarrier {
  const { source_agent, target_agent, session_id } = handOff;
  const below = contextBelow(span);
  const trace_headers: Record<string, string> = {};
  propagator.inject(below, trace_headers, { set: (carrier, key, value) => (carrier[key] = value) });
  const current = trace.getSpanContext(below);
  return {
    source_agent,
    target_agent,
    session_id,
    trace_headers,
    ...(current && isSpanContextValid(current) && { trace_id: current.traceId }),
  };
}

/**
 * Reads a carrier from outside. Returns null, and never throws, if it names no valid span. The headers decide: a
 * differing `trace_id` next to them is ignored.
 */
export function extractA2AContext(carrier: unknown): A2AContext | null {
  const fields = objectOf(carrier);
  const parent = propagator.extract(context.active(), objectOf(fields.trace_headers), {
    keys: Object.keys,
    get: (headers, key) => textOf(headers[key]) ?? undefined,
  });
  const remote = trace.getSpanContext(parent);
  // Without a header, extraction returns whatever span is active here, which is not the sender's.
  if (!remote?.isRemote || remote === trace.getSpanContext(context.active())) return null;
  return {
    source_agent: textOf(fields.source_agent),
    target_agent: textOf(fields.target_agent),
    session_id: textOf(fields.session_id),
    trace_id: remote.traceId,
    parent,
  };
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
