import type { RecordedSpan, RunReading, Trace } from '@agento/evidence';

/** A run without its long texts of prompts and answers, which its spans have. */
export type EvidenceOfRun = ReturnType<typeof evidenceOfRun>;

/** Where the evidence lies, and what else a reader can do there. */
export interface Whereabouts {
  /** In words, for people. */
  place: string;
  /** Whether runs are started here. */
  takes_runs: boolean;
  /** Whether the trace of a run is removed when it is deleted here. */
  removes_traces: boolean;
  /** Where a browser finds Jaeger. */
  jaeger_ui: string | null;
}

/** Prompts, answers, inputs and outputs are most of a reading's size, and are shown one at a time. */
export function evidenceOfRun({ steps, calls, ...reading }: RunReading, where: Whereabouts) {
  return {
    ...reading,
    ...where,
    steps: steps.map(({ prompt, input, answer, inputs, outputs, ...step }) => step),
    calls: calls.map(({ prompt, answer, thinking, ...call }) => call),
  };
}

/** A span as it was recorded, with the spans that link to it. */
export type WholeSpan = ReturnType<typeof wholeSpan>;

export function wholeSpan(span: RecordedSpan, { spans }: Trace, jaeger_ui: string | null) {
  const { start, end, events, ...rest } = span;
  return {
    ...rest,
    jaeger_ui,
    started_ms: Number(start) / 1e6,
    duration_ms: Number(end - start) / 1e6,
    events: events.map(({ time, ...event }) => ({ ...event, after_ms: Number(time - start) / 1e6 })),
    linked_from: spans.flatMap(({ span_id, name, links }) =>
      links
        .filter((link) => link.span_id === span.span_id)
        .map(({ attributes }) => ({ span_id, name, attributes })),
    ),
  };
}
