import { type Attributes, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace';
import { attribute } from './names.ts';
import type { OpenInferenceKind } from './openinference.ts';

/** A finished span as plain data, for comparison in tests. */
export interface PlainSpan {
  name: string;
  kind: 'INTERNAL' | 'SERVER' | 'CLIENT' | 'PRODUCER' | 'CONSUMER';
  /** `openinference.span.kind`, which every span has: it is not among the attributes. */
  openInferenceKind: OpenInferenceKind;
  /** Name of the instrumentation scope. */
  scope: string;
  traceId: string;
  spanId: string;
  /** Null for a root. */
  parentSpanId: string | null;
  attributes: Attributes;
  /** In the order they were added. */
  events: { name: string; attributes: Attributes }[];
  links: { traceId: string; spanId: string; attributes: Attributes }[];
  status: { code: 'UNSET' | 'OK' | 'ERROR'; message?: string };
}

/** Keeps every span that ends: pass `processor` in startTelemetry's `processors`. */
export interface SpanCollection {
  processor: SpanProcessor;
  /** The ended spans, in order. */
  spans(): PlainSpan[];
  /** Forgets the spans so far. */
  clear(): void;
}

/** Collects spans in memory, as they would be exported. */
export function collectSpans(): SpanCollection {
  const exporter = new InMemorySpanExporter();
  return {
    processor: new SimpleSpanProcessor({ exporter }),
    spans: () => exporter.getFinishedSpans().map(plain),
    clear: () => exporter.reset(),
  };
}

function plain(span: ReadableSpan): PlainSpan {
  const { traceId, spanId } = span.spanContext();
  const { code, message } = span.status;
  const { [attribute.spanKind]: openInferenceKind, ...attributes } = span.attributes;
  return {
    name: span.name,
    kind: SpanKind[span.kind] as PlainSpan['kind'],
    openInferenceKind: openInferenceKind as OpenInferenceKind,
    scope: span.instrumentationScope.name,
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId ?? null,
    attributes,
    events: span.events.map(({ name, attributes = {} }) => ({ name, attributes: { ...attributes } })),
    links: span.links.map(({ context, attributes = {} }) => ({
      traceId: context.traceId,
      spanId: context.spanId,
      attributes: { ...attributes },
    })),
    status: {
      code: SpanStatusCode[code] as PlainSpan['status']['code'],
      ...(message !== undefined && { message }),
    },
  };
}
