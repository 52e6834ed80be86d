import type { Variable } from '@agento/contracts';

/** A comma-separated list of known words, case-insensitive, without duplicates. */
function list<const C extends string>(
  fallback: string,
  words: readonly C[],
  description: string,
): Variable<C[]> {
  return {
    default: fallback,
    description,
    parse(given) {
      const entries = given.split(',').map((entry) => entry.trim().toLowerCase());
      const found = entries.map((entry) => words.find((word) => word === entry));
      if (found.includes(undefined)) throw new RangeError(`must be a list of ${words.join(', ')}`);
      return [...new Set(found as C[])];
    },
  };
}

/** OTEL_PROPAGATORS: the formats sent along with a call. */
export const propagators = list(
  'tracecontext,baggage',
  ['tracecontext', 'baggage', 'b3', 'b3multi'],
  'Formats in which a trace travels with calls; tracecontext always does',
);

/** OTEL_TRACES_EXPORTER: where spans are sent. */
export const exporters: Variable<{ otlp: boolean; console: boolean }> = {
  default: 'otlp',
  description: 'otlp, console or both: otlp,console; none: no export, spans and ids are still created',
  parse(given) {
    const named = list('otlp', ['otlp', 'console', 'none'], '').parse(given);
    if (named.includes('none') && named.length > 1) throw new RangeError('none cannot be combined');
    return { otlp: named.includes('otlp'), console: named.includes('console') };
  },
};

/** OTEL_METRICS_EXPORTER: where metrics are sent. */
export const metricsExporters: Variable<{ otlp: boolean }> = {
  default: 'none',
  description: 'otlp: send the GenAI metrics to the collector; none: they are at /metrics alone',
  parse(given) {
    const named = list('none', ['otlp', 'none'], '').parse(given);
    if (named.length > 1) throw new RangeError('none cannot be combined');
    return { otlp: named.includes('otlp') };
  },
};
