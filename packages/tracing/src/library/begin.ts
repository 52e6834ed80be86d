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

/**
 * Runs the work in a span that ends with it, or with the promise or the async generator it returns; OK or ERROR, and
 * thrown on. A generator's span ends with its last turn: when it is drained, left (`break`) or fails.
 */
export function inSpan<T>(start: LibrarySpanStart, work: () => T): T {
  const { span, active } = beginSpan(startOf(start));
  const succeed = () => {
    // A generator may be asked again after its last turn.
    if (!span.isRecording()) return;
    span.setStatus({ code: SpanStatusCode.OK });
    span.end();
  };
  const fail = (error: unknown) => {
    if (!span.isRecording()) return;
    failSpan(span, error);
    span.end();
  };
  try {
    const result = context.with(active, work);
    // The very object goes back to the caller: clients return promises that can do more than be awaited.
    if (isPromiseLike(result)) result.then(succeed, fail);
    else if (isAsyncGenerator(result)) followTurns(result, active, succeed, fail);
    else succeed();
    return result;
  } catch (error) {
    fail(error);
    throw error;
  }
}

/** Has each turn run in the context, where its spans belong, and tells when the last is over. */
function followTurns(
  generator: AsyncGenerator,
  active: Context,
  succeed: () => void,
  fail: (error: unknown) => void,
): void {
  for (const turn of ['next', 'return', 'throw'] as const) {
    const original = generator[turn].bind(generator);
    generator[turn] = (value: unknown) => {
      const result = context.with(active, () => original(value));
      result.then(({ done }) => done && succeed(), fail);
      return result;
    };
  }
}

/** The language's own, not what looks like one: those of clients may be frozen, or give no promises. */
function isAsyncGenerator(value: unknown): value is AsyncGenerator {
  return Object.prototype.toString.call(value) === '[object AsyncGenerator]' && Object.isExtensible(value);
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
