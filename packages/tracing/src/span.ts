import {
  type Attributes,
  type Context,
  context,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { genAiAttributes } from './genai-span.ts';
import { isReference, linkAttributes, type SpanLink, toOtelLink } from './lineage.ts';
import { attribute } from './names.ts';
import { scopeOf, withScope } from './scope.ts';
import { settingsOf } from './settings.ts';

export type { Attributes, Span };

/** How a span starts. */
export interface SpanStart {
  name: string;
  /** CLIENT for a call that leaves the process. Default: INTERNAL. */
  client?: boolean;
  /** Attributes of this span alone. */
  attributes?: Attributes;
  /** Attributes of this span and of every span below it. */
  scope?: Attributes;
  links?: SpanLink[];
  /** The parent; default: the active span. */
  parent?: Context;
  /** Tracer of this span and those below; default: that of the parent. */
  tracer?: Tracer;
}

/** A run that was cancelled because its caller left or its time was over, or that goes on elsewhere. */
export function isCancelled(error: unknown): boolean {
  const name = isError(error) ? fieldOf(error, 'name') : undefined;
  return name === 'AbortError' || name === 'Cancelled' || name === 'Suspended';
}

/** A run that was handed over, or taken over: it goes on elsewhere or later. */
function isSuspended(error: unknown): boolean {
  return isError(error) && fieldOf(error, 'name') === 'Suspended';
}

/** The value of `error.type`: the error's code, `suspended`, `cancelled`, or its class. */
export function errorType(error: unknown): string {
  if (!isError(error)) return 'unknown';
  const code = fieldOf(error, 'code');
  if (code !== undefined) return code;
  if (isSuspended(error)) return 'suspended';
  return isCancelled(error) ? 'cancelled' : (fieldOf(error, 'name') ?? 'unknown');
}

/** Most characters of an error on a span: of its message, and of its stack. */
const most = { message: 2_048, stack: 8_192 };

/** Whatever was thrown, as a text: to record an error must not replace it by another. */
export function textOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return 'what was thrown has no text';
  }
}

function isError(thrown: unknown): thrown is Error {
  try {
    return thrown instanceof Error;
  } catch {
    return false;
  }
}

/** A field of an error, if it is a text: it may be anything, and a getter may throw. */
function fieldOf(error: Error, field: 'name' | 'code' | 'stack'): string | undefined {
  try {
    const value = (error as Error & { code?: unknown })[field];
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Marks a span as failed: status ERROR, `error.type`, and the exception itself; a run that goes on has none. */
export function failSpan(span: Span, error: unknown): void {
  if (!span.isRecording()) return;
  const message = bounded(span, textOf(error), most.message);
  span.setAttribute(attribute.errorType, errorType(error));
  span.setStatus({ code: SpanStatusCode.ERROR, message });
  if (isSuspended(error)) {
    span.setAttribute(attribute.interrupted, true);
    return;
  }
  if (!isError(error)) span.recordException(message);
  else {
    const code = fieldOf(error, 'code');
    span.recordException({
      name: fieldOf(error, 'name') ?? 'Error',
      message,
      stack: bounded(span, fieldOf(error, 'stack') ?? '', most.stack),
      ...(code !== undefined && { code }),
    });
  }
}

/** Redacted before it is cut, like everything: part of a secret at the cut could not be recognised. */
function bounded(span: Span, text: string, length: number): string {
  if (text.length <= length) return text;
  return settingsOf(span)
    .redactor.text(text.slice(0, 16 * length))
    .text.slice(0, length);
}

/**
 * Runs the work in a span: the error is recorded and thrown on, and the span always ends.
 *
 * @example
 * const sum = await withSpan({ name: 'add', attributes: { 'agent.name': 'Adder' } }, async () => 1 + 1);
 */
export async function withSpan<T>(start: SpanStart, work: (span: Span) => Promise<T>): Promise<T> {
  const { span, active } = beginSpan(start);
  try {
    return await context.with(active, () => work(span));
  } catch (error) {
    failSpan(span, error);
    throw error;
  } finally {
    span.end();
  }
}

/** Starts a span that the caller ends; `active` is the context for its children. */
export function beginSpan(start: SpanStart): { span: Span; active: Context } {
  const parent = start.parent ?? context.active();
  const above = scopeOf(parent);
  const scope = {
    ...above,
    tracer: start.tracer ?? above.tracer,
    attributes: start.scope ? { ...above.attributes, ...start.scope } : above.attributes,
  };
  const links = start.links?.filter((link) => isReference(link.to)) ?? [];
  const attributes = { ...scope.attributes, ...start.attributes };
  const span = scope.tracer.startSpan(
    start.name,
    {
      kind: start.client ? SpanKind.CLIENT : SpanKind.INTERNAL,
      // At the start, so that a span that another process has to end has them as well.
      attributes: { ...attributes, ...genAiAttributes(start.name, attributes), ...linkAttributes(links) },
      links: links.map(toOtelLink),
    },
    parent,
  );
  if (scope.count) scope.count.spans += 1;
  return { span, active: trace.setSpan(withScope(parent, scope), span) };
}

/** The active span, or one that records nothing. */
export function activeSpan(): Span {
  return (
    trace.getActiveSpan() ??
    trace.wrapSpanContext({ traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 0 })
  );
}
