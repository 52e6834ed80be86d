import {
  millisecondsOf,
  moduleOf,
  type RecordedSpan,
  type RunReading,
  type Trace,
  textOf,
} from '@agento/evidence';

/** A run without its long texts of prompts and answers, which its spans have. */
export type EvidenceOfRun = ReturnType<typeof withoutPayloads>;

/** Prompts, answers, inputs and outputs are most of a reading's size, and are shown one at a time. */
export function withoutPayloads({ steps, calls, ...reading }: RunReading) {
  return {
    ...reading,
    steps: steps.map(({ prompt, input, answer, inputs, outputs, ...step }) => step),
    calls: calls.map(({ prompt, answer, thinking, ...call }) => call),
  };
}

/** A line of the waterfall. */
export interface SpanRow {
  span_id: string;
  /** Empty for a root. */
  parent: string;
  name: string;
  kind: string;
  module: number | null;
  agent: string;
  item: string;
  /** After the trace's first span began, in milliseconds. */
  start_ms: number;
  duration_ms: number;
  is_error: boolean;
}

export function spanRows({ spans }: Trace): SpanRow[] {
  const first = spans[0]?.start ?? 0n;
  return spans.map((span) => ({
    span_id: span.span_id,
    parent: span.parent_span_id,
    name: span.name,
    kind: span.kind,
    module: moduleOf(span),
    agent: textOf(span.attributes, 'agent.name'),
    item: textOf(span.attributes, 'agento.item.id'),
    start_ms: Number(span.start - first) / 1e6,
    duration_ms: millisecondsOf(span),
    is_error: span.status.code === 'ERROR',
  }));
}

/** A span as it was recorded, with the spans that link to it. */
export type WholeSpan = ReturnType<typeof wholeSpan>;

export function wholeSpan(span: RecordedSpan, { spans }: Trace) {
  const { start, end, events, ...rest } = span;
  return {
    ...rest,
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
