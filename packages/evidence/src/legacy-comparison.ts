import { isDeepStrictEqual } from 'node:util';
import { findings, matches } from '@agento/contracts';
import Type, { type Static } from 'typebox';
import { moduleOf, type Span, type SpanEvent, type Trace } from './model.ts';
import { fieldOf, jsonOf } from './payload.ts';

/** A legacy record (`manual_traces.json`): what one module captured in one run. */
const LegacyFile = Type.Object({
  run_id: Type.String(),
  trace_id: Type.String(),
  module: Type.Integer({ minimum: 1 }),
  omitted: Type.Integer({ minimum: 0 }),
  steps: Type.Array(
    Type.Object({
      stage: Type.String(),
      span_id: Type.String(),
      inputs: Type.Unknown(),
      outputs: Type.Unknown(),
    }),
  ),
});
type LegacyFile = Static<typeof LegacyFile>;

/** One thing a legacy file and a trace do not agree on. */
export interface LegacyDifference {
  /**
   * `not_in_trace`, `not_in_legacy`: the stage was captured in one of them only; `inputs`, `outputs`: they
   * differ; `unreadable`: the trace holds only the beginning of what was captured; `trace`: the file is another
   * trace's; `omitted`: the file says itself that it is incomplete.
   */
  kind: 'not_in_trace' | 'not_in_legacy' | 'inputs' | 'outputs' | 'unreadable' | 'trace' | 'omitted';
  module: number;
  /** Empty where the difference is the whole file's. */
  stage: string;
  span_id: string;
  detail: string;
}

interface Captured {
  stage: string;
  span: Span;
  event: SpanEvent;
}

/**
 * Holds a legacy file against the trace of the same run: every captured stage of the file's module, in both
 * directions, large values read from their payload events. Empty when they say the same.
 *
 * @throws TypeError when the text is no legacy file
 */
export function compareLegacy(legacyJson: string, trace: Trace): LegacyDifference[] {
  const file = readLegacy(legacyJson);
  const { module } = file;
  const whole = { module, stage: '', span_id: '' };
  if (file.trace_id !== trace.trace_id) {
    const detail = `the file is of trace ${file.trace_id}, this is ${trace.trace_id || 'none'}`;
    return [{ ...whole, kind: 'trace', detail }];
  }
  const differences: LegacyDifference[] = [];
  if (file.omitted > 0) {
    const detail = `the file leaves out ${file.omitted} steps: there was no room for them`;
    differences.push({ ...whole, kind: 'omitted', detail });
  }
  const unmatched = capturesOf(trace, module);
  for (const step of file.steps) {
    const { stage, span_id } = step;
    const at = unmatched.findIndex((found) => found.stage === stage && found.span.span_id === span_id);
    const [captured] = at < 0 ? [] : unmatched.splice(at, 1);
    if (!captured) {
      const detail = 'the trace has no such capture on that span';
      differences.push({ kind: 'not_in_trace', module, stage, span_id, detail });
      continue;
    }
    for (const field of ['inputs', 'outputs'] as const) {
      differences.push(...compareField(captured, field, step[field], module));
    }
  }
  for (const { stage, span } of unmatched) {
    const detail = `${span.name} captured it, the file does not have it`;
    differences.push({ kind: 'not_in_legacy', module, stage, span_id: span.span_id, detail });
  }
  return differences;
}

function readLegacy(text: string): LegacyFile {
  const json = jsonOf(text);
  if (matches(LegacyFile, json)) return json;
  const [first] = findings(LegacyFile, json);
  throw new TypeError(`This is no legacy file: ${first?.pointer || 'it'} ${first?.detail ?? 'is no JSON'}`);
}

function capturesOf(trace: Trace, module: number): Captured[] {
  return trace.spans
    .filter((span) => moduleOf(span) === module)
    .flatMap((span) =>
      span.events
        .filter((event) => event.name.startsWith('capture.'))
        .map((event) => ({ stage: event.name.slice('capture.'.length), span, event })),
    );
}

function compareField(
  { stage, span, event }: Captured,
  field: 'inputs' | 'outputs',
  legacy: unknown,
  module: number,
): LegacyDifference[] {
  const place = { module, stage, span_id: span.span_id };
  const payload = fieldOf(span, event, field);
  if (payload && !payload.whole) {
    const detail = `the span gave up the rest of its ${field} to fit into a request`;
    return [{ ...place, kind: 'unreadable', detail }];
  }
  const traced = payload && payload.text !== '' ? jsonOf(payload.text) : null;
  if (isDeepStrictEqual(traced, legacy)) return [];
  const detail = `${field}${pathOf(legacy, traced)}: the file has ${shown(legacy, traced)}, the trace ${shown(traced, legacy)}`;
  return [{ ...place, kind: field, detail }];
}

/** The first place where the two differ, as a JSON pointer. */
function pathOf(one: unknown, other: unknown): string {
  const next = differingKey(one, other);
  return next === null ? '' : `/${next}${pathOf(fieldsOf(one)[next], fieldsOf(other)[next])}`;
}

function differingKey(one: unknown, other: unknown): string | null {
  if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) return null;
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  for (const key of keys) if (!isDeepStrictEqual(fieldsOf(one)[key], fieldsOf(other)[key])) return key;
  return null;
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return value as Record<string, unknown>;
}

/** The value at the place where it differs from the other, cut to what a line can hold. */
function shown(value: unknown, other: unknown): string {
  const key = differingKey(value, other);
  if (key !== null) return shown(fieldsOf(value)[key], fieldsOf(other)[key]);
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
