import type { Trace } from '@agento/evidence';
import { whyNot } from '@agento/files';
import { ownReadings } from './own-reading.ts';
import { tracesIn } from './read-traces.ts';
import type { TraceFile } from './sources.ts';
import type { Row } from './table.ts';
import { traceTables } from './tables/index.ts';

/** What the tables hold of one trace in a file. */
export interface TraceRows {
  trace_id: string;
  spans: number;
  /** By table, in the order of `traceTables`; without the file's id. */
  rows: Row[][];
}

export interface FileProblem {
  trace_id: string | null;
  span_id: string | null;
  rule: string;
  detail: string;
}

/** A part of what a file holds; the last one has its problems. */
export interface FilePart {
  traces: TraceRows[];
  problems: FileProblem[];
  isLast: boolean;
}

/** More of one file say nothing new. */
const mostProblems = 100;

/**
 * What the tables hold of a file. A file that cannot be read, or holds no trace, gives a problem that says so, and a torn
 * or foreign line one beside the rows of all others. `scratch` is a folder for the parts of a large file.
 */
export async function* rowsOf(file: TraceFile, scratch: string): AsyncGenerator<FilePart> {
  const problems: FileProblem[] = [];
  let held: TraceRows[] = [];
  let spans = 0;
  try {
    for await (const traces of tracesIn(file, scratch)) {
      if (held.length > 0) yield { traces: held, problems: [], isLast: false };
      held = traces.filter((trace) => trace.spans.length > 0).map(rowsOfTrace);
      spans += held.reduce((sum, trace) => sum + trace.spans, 0);
      problems.push(...traces.flatMap(problemsOf));
    }
    if (spans === 0) problems.unshift(ofFile(file.size === 0 ? 'It is empty.' : nothingIn));
  } catch (error) {
    problems.unshift(ofFile(`It cannot be read: ${whyNot(error)}.`));
  }
  yield { traces: held, problems: distinct(problems).slice(0, mostProblems), isLast: true };
}

const nothingIn = 'It holds no trace: nothing in it is OTLP JSON with resourceSpans.';

/** A problem of the whole file. */
export function ofFile(detail: string): FileProblem {
  return { trace_id: null, span_id: null, rule: 'file', detail };
}

function rowsOfTrace(trace: Trace): TraceRows {
  const runs = ownReadings(trace);
  return {
    trace_id: trace.trace_id,
    spans: trace.spans.length,
    rows: traceTables.map((table) => table.rows(trace, runs)),
  };
}

function problemsOf({ trace_id, encoding_problems }: Trace): FileProblem[] {
  return encoding_problems.map(({ rule, span_id, detail }) => ({
    // What belongs to no span is noted with every trace of the file.
    trace_id: span_id === '' ? null : trace_id,
    span_id: span_id || null,
    rule,
    detail,
  }));
}

function distinct(problems: FileProblem[]): FileProblem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}
