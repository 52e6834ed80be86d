import type { Tracing } from '@agento/tracing';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';

/** Keeps the spans of this process and draws a trace as a tree, to look at without any other program. */
export class Tree implements SpanProcessor {
  #spans: ReadableSpan[] = [];

  /** In the order they began; those that never end are not drawn. */
  onStart(span: ReadableSpan): void {
    this.#spans.push(span);
  }

  onEnd(): void {}

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}

  draw(traceId: string): string {
    const spans = this.#spans.filter((span) => span.spanContext().traceId === traceId && span.ended);
    const lines = (parent: string | undefined, indent: string): string[] => {
      const children = spans.filter((span) => span.parentSpanContext?.spanId === parent);
      return children.flatMap((span, index) => {
        const last = index === children.length - 1;
        const branch = parent === undefined ? '' : `${indent}${last ? '└─ ' : '├─ '}`;
        const below = parent === undefined ? '  ' : `${indent}${last ? '    ' : '│   '}`;
        return [
          `${branch}${span.name} [${milliseconds(span)}ms]`,
          ...lines(span.spanContext().spanId, below),
        ];
      });
    };
    return lines(undefined, '').join('\n');
  }
}

function milliseconds({ duration: [seconds, nanoseconds] }: ReadableSpan): string {
  return (seconds * 1e3 + nanoseconds / 1e6).toFixed(1);
}

/** Says where a trace went, or how to see one. */
export function whereToLook({ endpoint }: Tracing, traceId: string): string {
  if (endpoint !== null) return `Sent to ${endpoint}; look at it: pnpm agento trace ${traceId}`;
  return [
    'Sent nowhere. To keep it, run `pnpm agento receive` in another terminal, then this again with',
    'OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318',
  ].join('\n');
}
