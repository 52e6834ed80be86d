import { types } from 'node:util';
import { version } from '@agento/contracts';
import { type Context, context, type Span, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { beginSpan, failSpan, type SpanStart } from '../span.ts';

/** The parent of a span: a span created by hand, or a context such as `extractA2AContext` returns. */
export type Parent = Span | Context;

/** How a span of the library begins. */
export type LibrarySpanStart = Omit<SpanStart, 'parent' | 'tracer'> & { parent?: Parent | null | undefined };

/** The instrumentation scope of the library's spans. */
export function libraryTracer(): Tracer {
  return trace.getTracer('@agento/tracing', version);
}

/** The context below a parent; the active one if none is given. */
export function contextBelow(parent?: Parent | null): Context {
  if (!parent) return context.active();
  return 'spanContext' in parent ? trace.setSpan(context.active(), parent) : parent;
}

/** The start in the core's form. */
export function startOf({ parent, ...start }: LibrarySpanStart): SpanStart {
  return { ...start, parent: contextBelow(parent), tracer: libraryTracer() };
}

/**
 * Runs the work below the parent, so that its spans become children. The parent is not ended.
 *
 * @example
 * const span = tracer.createModuleSpan({ moduleType: 'executor', operation: 'execute_plan' });
 * const found = await withActive(span, () => search('repair café'));
 */
export function withActive<T>(parent: Parent, work: () => T): T {
  return context.with(contextBelow(parent), work);
}

/**
 * Runs the work in a span that ends with it, or with the promise, query or async generator it returns; status OK or ERROR, and
 * errors are rethrown. A generator's span ends with its last turn: when it is exhausted, left (`break`) or fails.
 */
export function inSpan<T>(start: LibrarySpanStart, work: () => T): T {
  const { span, active } = beginSpan(startOf(start));
  const succeed = () => {
    // A generator may be called again after its last turn.
    if (!span.isRecording()) return;
    span.setStatus({ code: SpanStatusCode.OK });
    span.end();
  };
  const fail = (error: unknown) => {
    if (!span.isRecording()) return;
    failSpan(span, error);
    span.end();
  };
  let result: T;
  try {
    result = context.with(active, work);
  } catch (error) {
    fail(error);
    throw error;
  }
  // The caller gets the same object: clients return promises with additional methods.
  if (!follow(result, { active, succeed, fail })) succeed();
  return result;
}

/** How a span goes on and ends, of work whose end is still to come. */
interface Ending {
  active: Context;
  succeed(): void;
  fail(error: unknown): void;
}

/** Whether the result has an end that is still to come, and can be followed to it: some objects throw where they are looked at. */
function follow(result: unknown, ending: Ending): boolean {
  try {
    if (types.isPromise(result)) result.then(ending.succeed, ending.fail);
    else if (isAsyncGenerator(result)) followTurns(result, ending);
    else if (isPromiseLike(result)) followThen(result, ending);
    else return false;
    return true;
  } catch {
    return false;
  }
}

/** Runs each turn in the context its spans belong to, and reports the end of the last. */
function followTurns(generator: AsyncGenerator, { active, succeed, fail }: Ending): void {
  for (const turn of ['next', 'return', 'throw'] as const) {
    const original = generator[turn].bind(generator);
    generator[turn] = (value: unknown) => {
      const result = context.with(active, () => original(value));
      result.then(({ done }) => done && succeed(), fail);
      return result;
    };
  }
}

/** Only the language's own, no lookalikes: those of clients may be frozen, or not return promises. */
function isAsyncGenerator(value: unknown): value is AsyncGenerator {
  return Object.prototype.toString.call(value) === '[object AsyncGenerator]' && Object.isExtensible(value);
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/**
 * Ends the span with the first call of `then`, which is left to the caller: it is what runs a query of Knex, Supabase or
 * Mongoose, each time.
 */
function followThen(query: PromiseLike<unknown>, { active, succeed, fail }: Ending): void {
  const { then } = query;
  const followed: (...callbacks: Parameters<typeof then>) => unknown = (onFulfilled, onRejected) => {
    const fulfilled = (value: unknown) => {
      succeed();
      return onFulfilled ? onFulfilled(value) : value;
    };
    const rejected = (error: unknown) => {
      fail(error);
      if (onRejected) return onRejected(error);
      throw error;
    };
    return context.with(active, () => Reflect.apply(then, query, [fulfilled, rejected]));
  };
  void Object.defineProperty(query, 'then', { value: followed, configurable: true, writable: true });
}
