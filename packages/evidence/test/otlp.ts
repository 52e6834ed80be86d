/** A value that OTLP can carry. */
export type Value = string | number | boolean | Value[];
export type Values = Record<string, Value>;

/** A span as the tests build it. */
export interface BuiltSpan {
  module: number;
  id: string;
  parent: string;
  name: string;
  /** Number of its kind in OTLP. */
  kind: number;
  start: bigint;
  end: bigint;
  attributes: Values;
  events: { name: string; attributes: Values }[];
  links: { to: string; attributes: Values }[];
  /** Started by Agento rather than by an instrumentation. */
  own: boolean;
}

export const traceId = '5b8efff798038103d269b633813fc60c';

export function otlpSpan(span: BuiltSpan) {
  return {
    traceId,
    spanId: span.id,
    ...(span.parent && { parentSpanId: span.parent }),
    name: span.name,
    kind: span.kind,
    startTimeUnixNano: String(span.start),
    endTimeUnixNano: String(span.end),
    attributes: otlpAttributes(span.attributes),
    events: span.events.map(({ name, attributes }) => ({
      timeUnixNano: String(span.end),
      name,
      attributes: otlpAttributes(attributes),
    })),
    links: span.links.map(({ to, attributes }) => ({
      traceId,
      spanId: to,
      attributes: otlpAttributes(attributes),
    })),
    status: {},
  };
}

export function otlpAttributes(values: Values) {
  return Object.entries(values).map(([key, value]) => ({ key, value: otlpValue(value) }));
}

function otlpValue(value: Value): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(otlpValue) } };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
