import {
  type Context,
  context,
  isSpanContextValid,
  type Span,
  type SpanOptions,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';

/** The flag of W3C Trace Context level 2 that says a trace id is random; OpenTelemetry JS has no name for it yet. */
export const randomFlag = 0b10;

/**
 * Keeps the random flag of the parent on each span, and sets it where a trace begins: our ids are random. The SDK gives a
 * span no flag but `sampled`, and its samplers and processors cannot: no processor sees a span that is not recorded.
 */
export class RandomFlagProvider implements TracerProvider {
  readonly #provider: TracerProvider;
  /** The SDK gives the same tracer for the same scope. */
  readonly #tracers = new WeakMap<Tracer, Tracer>();

  constructor(provider: TracerProvider) {
    this.#provider = provider;
  }

  getTracer(...scope: Parameters<TracerProvider['getTracer']>): Tracer {
    const tracer = this.#provider.getTracer(...scope);
    const known = this.#tracers.get(tracer);
    if (known) return known;
    const flagging = new RandomFlagTracer(tracer);
    this.#tracers.set(tracer, flagging);
    return flagging;
  }
}

class RandomFlagTracer implements Tracer {
  readonly #tracer: Tracer;

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  startSpan(name: string, options: SpanOptions = {}, below: Context = context.active()): Span {
    const span = this.#tracer.startSpan(name, options, below);
    const own = span.spanContext();
    const parent = options.root ? undefined : trace.getSpanContext(below);
    const flags = parent && isSpanContextValid(parent) ? parent.traceFlags & randomFlag : randomFlag;
    if (isSpanContextValid(own)) own.traceFlags |= flags;
    return span;
  }

  startActiveSpan<Work extends (span: Span) => ReturnType<Work>>(
    name: string,
    ...given: [Work] | [SpanOptions, Work] | [SpanOptions, Context, Work]
  ): ReturnType<Work> {
    const work = given.at(-1) as Work;
    const options = given.length > 1 ? (given[0] as SpanOptions) : {};
    const below = given.length > 2 ? (given[1] as Context) : context.active();
    const span = this.startSpan(name, options, below);
    return context.with(trace.setSpan(below, span), work, undefined, span);
  }
}
