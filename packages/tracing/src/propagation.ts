import {
  type Attributes,
  type Context,
  context,
  isSpanContextValid,
  propagation,
  ROOT_CONTEXT,
  type Span,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { isReference, type SpanLink, type SpanReference } from './lineage.ts';
import { attribute } from './names.ts';
import { parseTraceState } from './trace-state.ts';

/** W3C headers, or any carrier of strings. */
export type Carrier = Record<string, string | string[] | undefined>;

/** The `trace_metadata` of a module's output; a malformed id counts as absent. */
export interface OutputOrigin {
  trace_id: string;
  root_span_id: string;
}

/** The remote span in a carrier's `traceparent`; null if there is none, or an invalid one. */
export function extractParentContext(carrier: Carrier): SpanReference | null {
  const parent = trace.getSpanContext(propagation.extract(ROOT_CONTEXT, carrier));
  if (!parent || !isSpanContextValid(parent)) return null;
  return { trace_id: parent.traceId, span_id: parent.spanId };
}

/** The W3C headers of the active span, to send with a call. */
export function traceHeaders(span?: Span): Record<string, string> {
  const headers: Record<string, string> = {};
  propagation.inject(span ? trace.setSpan(context.active(), span) : context.active(), headers);
  return headers;
}

/** The link to the previous module, from the `trace_metadata` of its output; null if that names no span. */
export function createModuleLink(metadata: OutputOrigin | undefined, source: string): SpanLink | null {
  const to = metadata && { trace_id: metadata.trace_id, span_id: metadata.root_span_id };
  return to && isReference(to) ? { to, source, relationship: 'predecessor' } : null;
}

/** The link to a trace of the OpenAI Agents SDK. Its span is unknown, so the span id is random. */
export function createOpenAiLink(openaiTraceId: string): SpanLink {
  const trace_id = openaiTraceId.replace(/^trace_/, '').toLowerCase();
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  bytes[0] = (bytes[0] ?? 0) | 1;
  return { to: { trace_id, span_id: Buffer.from(bytes).toString('hex') }, source: 'openai-agents-sdk' };
}

/** The place of a module's run in a trace, decided from the headers and the input's `trace_metadata`. */
export interface RunEntry {
  /** Parent of `run_module_N` and of the POST to the next module. */
  parent: Context;
  links: SpanLink[];
  attributes: Attributes;
  /** True if the input continues a trace the request itself is not part of. */
  continued: boolean;
}

/** A RunEntry as JSON, for a process that has not seen the request. */
export interface StoredEntry {
  /** Null where the run has no parent: tracing is off. */
  parent: { trace_id: string; span_id: string; trace_flags: number; trace_state: string | null } | null;
  links: SpanLink[];
  attributes: Attributes;
  continued: boolean;
}

export function storeEntry({ parent, links, attributes, continued }: RunEntry): StoredEntry {
  const above = trace.getSpanContext(parent);
  return {
    parent: above
      ? {
          trace_id: above.traceId,
          span_id: above.spanId,
          trace_flags: above.traceFlags,
          trace_state: above.traceState?.serialize() ?? null,
        }
      : null,
    links,
    attributes,
    continued,
  };
}

/** The entry in a context of its own: the request's spans may have ended, and another process may have made them. */
export function restoreEntry({ parent, links, attributes, continued }: StoredEntry): RunEntry {
  if (!parent) return { parent: ROOT_CONTEXT, links, attributes, continued };
  const traceState = parseTraceState(parent.trace_state ?? '');
  const above = {
    traceId: parent.trace_id,
    spanId: parent.span_id,
    traceFlags: parent.trace_flags,
    isRemote: true,
    ...(traceState && { traceState }),
  };
  return { parent: trace.setSpanContext(ROOT_CONTEXT, above), links, attributes, continued };
}

/**
 * Decides the parent and links of a run. A valid traceparent always wins; metadata alone (an output posted from a file)
 * continues that trace, counted as sampled; malformed ids count as absent.
 */
export function enterRun(input: {
  headers: Carrier;
  metadata: OutputOrigin | undefined;
  source: string;
  openaiTraceId: string | undefined;
}): RunEntry {
  const active = context.active();
  const header = extractParentContext(input.headers);
  const predecessor = createModuleLink(input.metadata, input.source);
  const links = predecessor ? [predecessor] : [];
  if (input.openaiTraceId) links.push(createOpenAiLink(input.openaiTraceId));
  const attributes: Attributes = {};
  if (input.metadata && !predecessor) attributes[attribute.metadataInvalid] = true;
  if (header && predecessor && header.trace_id !== predecessor.to.trace_id) {
    attributes[attribute.metadataMismatch] = true;
  }
  if (header || !predecessor) return { parent: active, links, attributes, continued: false };
  const remote = {
    traceId: predecessor.to.trace_id,
    spanId: predecessor.to.span_id,
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
  };
  return { parent: trace.setSpanContext(active, remote), links, attributes, continued: true };
}
