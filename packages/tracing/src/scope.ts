import { type Attributes, type Context, createContextKey, type Tracer, trace } from '@opentelemetry/api';

/**
 * What every span below a point shares: the run's id, the item a step works on, the tracer to use. It travels in the
 * OpenTelemetry context, so that a model call deep in a step needs no parameters for it.
 */
export interface Scope {
  tracer: Tracer;
  attributes: Attributes;
  /** Spans started below run_module_N so far; null outside a run. */
  count: { spans: number } | null;
}

const key = createContextKey('agento.scope');

export function scopeOf(context: Context): Scope {
  return (
    (context.getValue(key) as Scope | undefined) ?? {
      tracer: trace.getTracer('agento'),
      attributes: {},
      count: null,
    }
  );
}

export function withScope(context: Context, scope: Scope): Context {
  return context.setValue(key, scope);
}
