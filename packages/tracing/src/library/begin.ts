import { version } from '@agento/contracts';
import { type Context, context, type Span, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { beginSpan, failSpan, type SpanStart } from '../span.ts';

/** What a span hangs under: a span made by hand, or a context such as `extractA2AContext` gives. */
export type Parent = Span | Context;

/** How a span of the library begins. */
export type LibrarySpanStart = Omit<SpanStart, 'parent' | 'tracer'> & { parent?: Parent | null | undefined };

/** The instrumentation scope of spans the library makes. */
export function libraryTracer(): Tracer {
  return trace.getTracer('@agento/tracing', version);
}

/** The context below a parent; the active one where none is given. */
export function contextBelow(parent?: Parent | null): Context {
  if (!parent) return context.active();
  return 'spanContext' in parent ? trace.setSpan(context.active(), parent) : parent;
}

/** The start as the core takes it. */
export function startOf({ parent, ...start }: LibrarySpanStart): SpanStart {
  return { ...start, parent: contextBelow(parent), tracer: libraryTracer() };
}

/**
 * Runs the work below the parent, so that spans it makes are its children. The parent is not ended.
 *
 * @example
 * const span = tracer.createModuleSpan({ moduleType: 'executor', operation: 'execute_plan' });
 * const found = await withActive(span, () => search('repair café'));
 */
export function withActive<T>(parent: Parent, work: () => T): T {
  return context.with(contextBelow(parent), work);
}

/** Runs the work in a span that ends with it, or with the promise it returns; OK or ERROR, and thrown on. */
export function inSpan<T>(start: LibrarySpanStart, work: () => T): T {
  const { span, active } = beginSpan(startOf(start));
  const succeed = () => {
    span.setStatus({ code: SpanStatusCode.OK });
    span.end();
  };
  const fail = (error: unknown) => {
    failSpan(span, error);
    span.end();
  };
  try {
    const result = context.with(active, work);
    // The very object goes back to the caller: clients return promises that can do more than be awaited.
    if (isPromiseLike(result)) result.then(succeed, fail);
    else succeed();
    return result;
  } catch (error) {
    fail(error);
    throw error;
  }
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
