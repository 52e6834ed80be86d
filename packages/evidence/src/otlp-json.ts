import { documentsIn } from './documents.ts';
import { restoreFromJaeger } from './jaeger.ts';
import {
  type Attributes,
  type EncodingProblem,
  handedOver,
  isInterrupted,
  type RecordedEvent,
  type RecordedLink,
  type RecordedSpan,
  spanKinds,
  statusCodes,
  type Trace,
} from './model.ts';
import {
  attributesOf,
  enumOf,
  type Fields,
  fieldsOf,
  idOf,
  listOf,
  type Note,
  stringOf,
  timeOf,
} from './otlp-values.ts';

/**
 * Reads OTLP JSON: consecutive TracesData, one per line (the collector's file format) or spread over lines, in a list,
 * or in Jaeger's `{"result": …}`. Returns every trace in it, in order of appearance. Invalid text does not throw: it is
 * noted in the trace's `encoding_problems`, or in every trace's if it belongs to none.
 */
export function parseTraces(text: string): Trace[] {
  const traces = new Map<string, Map<string, Read>>();
  const general: EncodingProblem[] = [];
  for (const { at, document, isJaegers } of documentsOf(text, general)) {
    for (const resourceSpans of listOf(document.resourceSpans)) {
      const resource = attributesOf(fieldsOf(resourceSpans.resource).attributes, (rule, detail) =>
        general.push({ rule, span_id: '', span_name: '', detail: `${at}, resource: ${detail}` }),
      );
      for (const scopeSpans of listOf(resourceSpans.scopeSpans)) {
        const { name, version } = fieldsOf(scopeSpans.scope);
        const scope = { name: stringOf(name), version: stringOf(version) };
        for (const fields of listOf(scopeSpans.spans)) {
          const read = spanOf(fields, resource, scope);
          const [span] = read;
          if (isJaegers) restoreFromJaeger(span);
          const { trace_id, span_id } = span;
          const spans = traces.get(trace_id) ?? new Map<string, Read>();
          traces.set(trace_id, spans);
          const before = spans.get(span_id);
          // Delivery is at-least-once: a repeated span id is the same span again.
          if (!before || wholeness(read) > wholeness(before)) spans.set(span_id, read);
        }
      }
    }
  }
  if (traces.size === 0) return [{ trace_id: '', spans: [], encoding_problems: general }];
  return [...traces].map(([trace_id, byId]) => {
    const read = [...byId.values()];
    return {
      trace_id,
      spans: read.map(([span]) => span).sort(byStart),
      encoding_problems: [...general, ...read.flatMap(([, problems]) => problems)],
    };
  });
}

/** Of those that start at once the longest first, then by id: sources differ in their order. */
function byStart(one: RecordedSpan, other: RecordedSpan): number {
  return Number(one.start - other.start || other.end - one.end) || (one.span_id < other.span_id ? -1 : 1);
}

type Read = [span: RecordedSpan, problems: EncodingProblem[]];

/** Of a span that arrives twice, one that ended itself says more than one that another process ended. */
function wholeness([span]: Read): number {
  if (!isInterrupted(span)) return 2;
  return handedOver(span) === null ? 0 : 1;
}

/** The trace with this id, otherwise the newest run's; a trace without spans if the text has none. */
export function parseOtlpJson(text: string, traceId?: string): Trace {
  const traces = parseTraces(text);
  const empty: Trace = {
    trace_id: traceId ?? '',
    spans: [],
    encoding_problems: traces[0]?.encoding_problems ?? [],
  };
  if (traceId !== undefined) return traces.find((trace) => trace.trace_id === traceId) ?? empty;
  const ofRuns = traces.filter((trace) => trace.spans.some((span) => span.name.startsWith('run_module_')));
  const candidates = ofRuns.length > 0 ? ofRuns : traces;
  const begun = (trace: Trace) => trace.spans[0]?.start ?? 0n;
  return candidates.reduce(
    (newest, trace) => (begun(trace) > begun(newest) ? trace : newest),
    candidates[0] ?? empty,
  );
}

interface TracesData {
  at: string;
  document: Fields;
  /** Only Jaeger's API answers with a `result`. */
  isJaegers: boolean;
}

function* documentsOf(text: string, problems: EncodingProblem[]): Generator<TracesData> {
  for (const { at, value } of documentsIn(text)) {
    const fields = fieldsOf(value);
    const isJaegers = 'result' in fields;
    const document = isJaegers ? fieldsOf(fields.result) : fields;
    if (Array.isArray(document.resourceSpans)) yield { at, document, isJaegers };
    else {
      const verb = at.includes(' to ') ? 'are' : 'is';
      const detail = `${at} ${verb} not TracesData: it must be a JSON object with a list resourceSpans`;
      problems.push({ rule: 'encoding.json', span_id: '', span_name: '', detail });
    }
  }
}

function spanOf(fields: Fields, resource: Attributes, scope: RecordedSpan['scope']): Read {
  const problems: EncodingProblem[] = [];
  const [spanId, name] = [stringOf(fields.spanId), stringOf(fields.name)];
  const note: Note = (rule, detail) => problems.push({ rule, span_id: spanId, span_name: name, detail });
  const status = fieldsOf(fields.status);
  const span: RecordedSpan = {
    trace_id: idOf('traceId', fields.traceId, note, 'traceId'),
    span_id: idOf('spanId', fields.spanId, note, 'spanId'),
    parent_span_id: fields.parentSpanId ? idOf('spanId', fields.parentSpanId, note, 'parentSpanId') : '',
    name,
    kind: enumOf(spanKinds, fields.kind, note, 'kind'),
    start: timeOf(fields.startTimeUnixNano, note, 'startTimeUnixNano'),
    end: timeOf(fields.endTimeUnixNano, note, 'endTimeUnixNano'),
    status: {
      code: enumOf(statusCodes, status.code, note, 'status.code'),
      message: stringOf(status.message),
    },
    attributes: attributesOf(fields.attributes, note),
    events: listOf(fields.events).map((event) => eventOf(event, note)),
    links: listOf(fields.links).map((link) => linkOf(link, note)),
    resource,
    scope,
  };
  return [span, problems];
}

function eventOf(fields: Fields, note: Note): RecordedEvent {
  const name = stringOf(fields.name);
  return {
    name,
    time: timeOf(fields.timeUnixNano, note, `event ${name}: timeUnixNano`),
    attributes: attributesOf(fields.attributes, note),
  };
}

function linkOf(fields: Fields, note: Note): RecordedLink {
  return {
    trace_id: idOf('traceId', fields.traceId, note, "a link's traceId"),
    span_id: idOf('spanId', fields.spanId, note, "a link's spanId"),
    attributes: attributesOf(fields.attributes, note),
  };
}
