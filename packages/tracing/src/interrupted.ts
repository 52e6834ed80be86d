import { type Link, ROOT_CONTEXT, type Span, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import {
  type IdGenerator,
  RandomIdGenerator,
  type Sampler,
  SamplingDecision,
} from '@opentelemetry/sdk-trace';
import { attribute } from './names.ts';
import type { SpanNote } from './span-note.ts';

/** The span that is being ended for a process that died; null most of the time. */
let current: SpanNote | null = null;

export function isBeingInterrupted(): boolean {
  return current !== null;
}

/** Random ids, except for the span that is being ended for another process: that one keeps its own. */
export class KeptIds implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  generateTraceId = () => current?.trace_id ?? this.#random.generateTraceId();
  generateSpanId = () => current?.span_id ?? this.#random.generateSpanId();
}

/** Whatever the sampler says now, a span that was sampled when it began stays so, a root as well. */
export class KeptSampling implements Sampler {
  readonly #sampler: Sampler;

  constructor(sampler: Sampler) {
    this.#sampler = sampler;
  }

  shouldSample(...asked: Parameters<Sampler['shouldSample']>): ReturnType<Sampler['shouldSample']> {
    return current ? { decision: SamplingDecision.RECORD_AND_SAMPLED } : this.#sampler.shouldSample(...asked);
  }

  toString(): string {
    return this.#sampler.toString();
  }
}

/**
 * Ends spans for a process that died, each under its own ids, so that no span below them is an orphan and no link leads
 * nowhere. They have what they began with, and this process's resource.
 *
 * @param endedAt the last sign of life, in milliseconds since 1970
 */
export function endInterrupted(notes: readonly SpanNote[], endedAt: number): void {
  for (const note of notes) endOne(note, endedAt);
}

function endOne(note: SpanNote, endedAt: number): void {
  const { trace_id: traceId, parent_span_id, name, kind, scope, started_at, attributes } = note;
  const parent =
    parent_span_id === null
      ? ROOT_CONTEXT
      : trace.setSpanContext(ROOT_CONTEXT, {
          traceId,
          spanId: parent_span_id,
          traceFlags: TraceFlags.SAMPLED,
        });
  const links: Link[] = note.links.map(({ trace_id, span_id, attributes }) => ({
    context: { traceId: trace_id, spanId: span_id, traceFlags: TraceFlags.SAMPLED, isRemote: true },
    attributes,
  }));
  const options = { kind, attributes, links, startTime: started_at };
  try {
    current = note;
    const span = trace.getTracer(scope.name, scope.version).startSpan(name, options, parent);
    markInterrupted(span, 'The process died; another one ended this span');
    span.end(Math.max(endedAt, started_at));
  } finally {
    current = null;
  }
}

/** Whoever began the span did not end it. */
export function markInterrupted(span: Span, message: string): void {
  span.setAttributes({ [attribute.interrupted]: true, [attribute.errorType]: 'interrupted' });
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}
