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
  /** Set if the source of the trace did not keep link attributes; only `relationship` is known. */
  lost?: true;
}
/** In the order of their OTLP numbers. */
export const spanKinds = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'] as const;
export type SpanKind = (typeof spanKinds)[number];
export const statusCodes = ['UNSET', 'OK', 'ERROR'] as const;
export type StatusCode = (typeof statusCodes)[number];

export interface RecordedSpan {
  trace_id: string;
  span_id: string;
  /** Empty for a root. */
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
  /** Attributes of the resource: the service that created the span. */
  resource: Attributes;
  scope: Scope;
}

/** A violation of the OTLP JSON encoding; `rule` is the name of the violated rule. */
export interface EncodingProblem {
  rule: string;
  span_id: string;
  span_name: string;
  detail: string;
}

/** The spans of one trace, without duplicate span ids (of two the whole one), by start time, then the longest first. */
export interface Trace {
  trace_id: string;
  spans: RecordedSpan[];
  encoding_problems: EncodingProblem[];
}

/** The text of a string attribute; empty if absent. */
export function textOf(attributes: Attributes, key: string): string {
  const value = attributes[key];
  return typeof value === 'string' ? value : '';
}

/** A numeric attribute, in any number form; null if absent. */
export function numberOf(attributes: Attributes, key: string): number | null {
  const value = attributes[key];
  return typeof value === 'number' ? value : null;
}

/** A list of strings; empty if absent. */
export function textsOf(attributes: Attributes, key: string): string[] {
  const value = attributes[key];
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}

export function millisecondsOf(span: RecordedSpan): number {
  return Number(span.end - span.start) / 1e6;
}

/**
 * The module a span belongs to, by its resource (or its scope, if the resource does not say); null for other programs'
 * spans.
 */
export function moduleOf(span: RecordedSpan): number | null {
  const number = numberOf(span.resource, 'module.number');
  if (number !== null) return number;
  const named =
    /-Module-(\d+)$/.exec(textOf(span.resource, 'service.name')) ??
    /^agento\.module(\d+)$/.exec(span.scope.name);
  return named ? Number(named[1]) : null;
}

/** Whose work a span says it is: ours, or another system's by OpenTelemetry's GenAI conventions; empty if unknown. */
export function agentOf({ attributes }: RecordedSpan): string {
  return textOf(attributes, 'agent.name') || textOf(attributes, 'gen_ai.agent.name');
}

/** A span started by Agento itself, not by a library's instrumentation, whoever ended it. */
export function isOwn(span: RecordedSpan): boolean {
  if (span.name === 'request' || span.name === 'POST /run') return false;
  return span.scope.name.startsWith('agento.module') || /^run_module_\d+$/.test(span.name);
}

/** Which execution of its module's part of the attempt a span belongs to, from 1; older traces do not say it. */
export function executionOf({ attributes }: RecordedSpan): number {
  const execution = numberOf(attributes, 'agento.run.execution');
  return execution !== null && Number.isInteger(execution) && execution > 0 ? execution : 1;
}

/** Its process died, and another ended it with what was known of its start; or it was stopped, and ended it itself. */
export function isInterrupted({ attributes }: RecordedSpan): boolean {
  return attributes['agento.interrupted'] === true;
}

/** Ended by its own process, since the run was handed over or somebody took it over; null for any other span. */
export function handedOver({ attributes }: RecordedSpan): 'suspended' | 'taken_over' | null {
  const type = attributes['error.type'];
  return type === 'suspended' || type === 'taken_over' ? type : null;
}

/** A call whose answer was recorded by the call it is linked to; nothing was asked. */
export function isFromJournal({ attributes }: RecordedSpan): boolean {
  return attributes['agento.journal'] === true;
}

/** A call that was answered from a recorded run, to whose span it is linked; nothing was asked or paid. */
export function isReplayed({ attributes }: RecordedSpan): boolean {
  return attributes['agento.replayed'] === true;
}
