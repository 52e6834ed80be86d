/** What an OTLP attribute can hold, as plain values; 64-bit integers beyond 2^53 lose precision. */
export type AttributeValue =
  | string
  | number
  | boolean
  | null
  | AttributeValue[]
  | { [key: string]: AttributeValue };
export type Attributes = Record<string, AttributeValue>;

export interface Scope {
  name: string;
  version: string;
}
export interface RecordedEvent {
  name: string;
  /** Nanoseconds since 1970. */
  time: bigint;
  attributes: Attributes;
}
export interface RecordedLink {
  trace_id: string;
  span_id: string;
  attributes: Attributes;
  /** Present where the place the trace was read from kept no attributes of links; only `relationship` is known. */
  lost?: true;
}
/** By their number in OTLP. */
export const spanKinds = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'] as const;
export type SpanKind = (typeof spanKinds)[number];
export const statusCodes = ['UNSET', 'OK', 'ERROR'] as const;
export type StatusCode = (typeof statusCodes)[number];

export interface RecordedSpan {
  trace_id: string;
  span_id: string;
  /** Empty on a root. */
  parent_span_id: string;
  name: string;
  kind: SpanKind;
  /** Nanoseconds since 1970. */
  start: bigint;
  end: bigint;
  status: { code: StatusCode; message: string };
  attributes: Attributes;
  events: RecordedEvent[];
  links: RecordedLink[];
  /** Attributes of the resource: the service that made the span. */
  resource: Attributes;
  scope: Scope;
}

/** Something a text got wrong about the OTLP JSON encoding; `rule` is the broken rule's name. */
export interface EncodingProblem {
  rule: string;
  span_id: string;
  span_name: string;
  detail: string;
}

/** The spans of one trace, each span id once, in the order they began. */
export interface Trace {
  trace_id: string;
  spans: RecordedSpan[];
  encoding_problems: EncodingProblem[];
}

/** Text of a string attribute; empty where there is none. */
export function textOf(attributes: Attributes, key: string): string {
  const value = attributes[key];
  return typeof value === 'string' ? value : '';
}

/** A numeric attribute, in whichever number form it came; null where there is none. */
export function numberOf(attributes: Attributes, key: string): number | null {
  const value = attributes[key];
  return typeof value === 'number' ? value : null;
}

/** A list of strings; empty where there is none. */
export function textsOf(attributes: Attributes, key: string): string[] {
  const value = attributes[key];
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}

export function millisecondsOf(span: RecordedSpan): number {
  return Number(span.end - span.start) / 1e6;
}

/** The module a span belongs to, by its resource (or scope, where that is silent); null for anyone else's span. */
export function moduleOf(span: RecordedSpan): number | null {
  const number = numberOf(span.resource, 'module.number');
  if (number !== null) return number;
  const named =
    /-Module-(\d+)$/.exec(textOf(span.resource, 'service.name')) ??
    /^agento\.module(\d+)$/.exec(span.scope.name);
  return named ? Number(named[1]) : null;
}

/** A span that Agento itself starts, rather than a library's instrumentation. */
export function isOwn(span: RecordedSpan): boolean {
  return span.scope.name.startsWith('agento.module') || /^run_module_\d+$/.test(span.name);
}
