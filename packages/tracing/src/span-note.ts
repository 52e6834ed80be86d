import { redactAttributes } from '@agento/redaction/opentelemetry';
import { type Span as ApiSpan, type Attributes, type Context, TraceFlags } from '@opentelemetry/api';
import { hrTimeToMilliseconds } from '@opentelemetry/core';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import { isBeingInterrupted } from './interrupted.ts';
import { settingsOf } from './settings.ts';

/** A span that has begun, with what another process needs to end it under its own id. JSON. */
export interface SpanNote {
  trace_id: string;
  span_id: string;
  /** Null for a root. */
  parent_span_id: string | null;
  name: string;
  /** SpanKind. */
  kind: number;
  scope: { name: string; version: string };
  /** Milliseconds since 1970, with a fraction. */
  started_at: number;
  /** As they were at the start, without secrets. */
  attributes: Attributes;
  links: { trace_id: string; span_id: string; attributes: Attributes }[];
}

/** Who keeps account of the spans that could be lost with this process. */
export interface SpanObserver {
  /** A sampled span began; `note` makes its note. */
  began(span: { spanId: string; attributes: Attributes }, note: () => SpanNote): void;
  /** Spans that cannot be lost any more: delivered, in the spool, or given up and counted. */
  safe(spanIds: string[]): void;
}

/** The note of a span in progress, as free of secrets as the span will be; null if it records nothing. */
export function noteOf(span: ApiSpan): SpanNote | null {
  if (!span.isRecording()) return null;
  const { name, kind, startTime, attributes, links, instrumentationScope, parentSpanContext } =
    span as unknown as ReadableSpan;
  const { traceId, spanId } = span.spanContext();
  const { redactor } = settingsOf(span);
  const clean = (given: Attributes = {}): Attributes => {
    const copy = { ...given };
    redactAttributes(null, copy, redactor);
    return copy;
  };
  return {
    trace_id: traceId,
    span_id: spanId,
    parent_span_id: parentSpanContext?.spanId ?? null,
    name: redactor.text(name).text,
    kind,
    scope: { name: instrumentationScope.name, version: instrumentationScope.version ?? '' },
    started_at: hrTimeToMilliseconds(startTime),
    attributes: clean(attributes),
    links: links.map(({ context, attributes }) => ({
      trace_id: context.traceId,
      span_id: context.spanId,
      attributes: clean(attributes),
    })),
  };
}

/** Tells the observer of every sampled span that begins. */
export class NotingProcessor implements SpanProcessor {
  readonly #observer: SpanObserver;
  /** Without a delivery an ended span is as safe as it will ever be. */
  readonly #isSafeAtEnd: boolean;

  constructor(observer: SpanObserver, isSafeAtEnd: boolean) {
    this.#observer = observer;
    this.#isSafeAtEnd = isSafeAtEnd;
  }

  onStart(span: Span, _parent: Context): void {
    const { spanId, traceFlags } = span.spanContext();
    if ((traceFlags & TraceFlags.SAMPLED) === 0 || isBeingInterrupted()) return;
    const { attributes } = span as unknown as ReadableSpan;
    this.#observer.began({ spanId, attributes }, () => noteOf(span) as SpanNote);
  }

  onEnd(span: ReadableSpan): void {
    if (this.#isSafeAtEnd) this.#observer.safe([span.spanContext().spanId]);
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}
