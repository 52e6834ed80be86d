import { findings, matches } from '@agento/contracts';
import Type, { type Static } from 'typebox';
import { attemptsOf } from './attempts.ts';
import { executionOf, moduleOf, type RecordedEvent, type RecordedSpan, type Trace } from './model.ts';
import { fieldOf, jsonOf } from './payload.ts';
import { treeOf } from './tree.ts';

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

/** One difference between a legacy file and a trace. */
export interface LegacyDifference {
  /**
   * `not_in_trace`, `not_in_legacy`: only one of them captured the stage; `inputs`, `outputs`: they differ;
   * `unreadable`: the trace holds only the beginning of what was captured; `trace`: the file belongs to another trace;
   * `omitted`: the file itself says that it is incomplete.
   */
  kind: 'not_in_trace' | 'not_in_legacy' | 'inputs' | 'outputs' | 'unreadable' | 'trace' | 'omitted';
  module: number;
  /** Empty if the difference concerns the whole file. */
  stage: string;
  span_id: string;
  detail: string;
}

interface Captured {
  stage: string;
  span: RecordedSpan;
  event: RecordedEvent;
}

/**
 * Compares a legacy file with the trace of the same run: every captured stage of the file's module, in both directions,
 * with large values read from their payload events. Empty if they agree.
 *
 * @throws TypeError if the text is not a legacy file
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
    const detail = `the file omits ${file.omitted} steps for lack of memory`;
    differences.push({ ...whole, kind: 'omitted', detail });
  }
  const unmatched = capturesOf(trace, file);
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
  throw new TypeError(`Not a legacy file: ${first?.pointer || 'it'} ${first?.detail ?? 'is not JSON'}`);
}

/** What the module captured in the file's attempt and execution, or in all of them if it names none. */
function capturesOf(trace: Trace, { module, steps }: LegacyFile): Captured[] {
  const captures = [...attemptsOf(trace, treeOf(trace))].flatMap(([attempt, spans]) =>
    spans
      .filter((span) => moduleOf(span) === module)
      .flatMap((span) =>
        span.events
          .filter((event) => event.name.startsWith('capture.'))
          .map((event) => ({
            stage: event.name.slice('capture.'.length),
            span,
            event,
            execution: `${attempt} ${executionOf(span)}`,
          })),
      ),
  );
  const named = new Set(steps.map(({ span_id }) => span_id));
  const executions = new Set(
    captures.filter(({ span }) => named.has(span.span_id)).map(({ execution }) => execution),
  );
  return executions.size === 0 ? captures : captures.filter(({ execution }) => executions.has(execution));
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
  const difference = firstDifference(legacy, traced);
  if (!difference) return [];
  const [at, inFile, inTrace] = difference;
  const detail = `${field}${at}: the file has ${shown(inFile)}, the trace ${shown(inTrace)}`;
  return [{ ...place, kind: field, detail }];
}

type Difference = [pointer: string, one: unknown, other: unknown];

/** The first difference between two JSON values: a pointer, and both values; null if they are equal. */
function firstDifference(one: unknown, other: unknown): Difference | null {
  const waiting: [...Difference, above: Place | null][] = [['', one, other, null]];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [key, left, right, above] = next;
    if (left === right) continue;
    const place: Place = { key, above };
    const isContainer = typeof left === 'object' && typeof right === 'object' && left && right;
    if (!isContainer || Array.isArray(left) !== Array.isArray(right)) return [pointerOf(place), left, right];
    const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
    for (const inner of [...keys].reverse())
      waiting.push([inner, fieldsOf(left)[inner], fieldsOf(right)[inner], place]);
  }
  return null;
}

interface Place {
  key: string;
  above: Place | null;
}

function pointerOf(place: Place): string {
  const keys: string[] = [];
  for (let at = place; at.above; at = at.above) keys.push(at.key.slice(0, 60));
  const pointer = keys
    .reverse()
    .map((key) => `/${key}`)
    .join('');
  return pointer.length > 400 ? `${pointer.slice(0, 200)}…${pointer.slice(-200)}` : pointer;
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return value as Record<string, unknown>;
}

/** As much of a value as fits on a line. */
function shown(value: unknown): string {
  if (typeof value === 'object' && value !== null && depthOver(value, 50)) return 'values nested deep';
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

function depthOver(value: unknown, limit: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return limit === 0 || Object.values(value).some((inner) => depthOver(inner, limit - 1));
}
