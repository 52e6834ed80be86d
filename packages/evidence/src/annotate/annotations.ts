import type { RunReading } from '../reading/index.ts';
import type { Verdict } from '../reading/verdict.ts';

/** An annotation as Phoenix's REST API takes it; Langfuse is given scores made of them. The identifier is the same whenever a run is read. */
interface Annotation {
  name: string;
  /** Who judged: a model, or code. */
  annotator_kind: 'LLM' | 'CODE';
  result: { label?: string; score?: number; explanation?: string };
  metadata: Record<string, string | number>;
  identifier: string;
}
export type SpanAnnotation = Annotation & { span_id: string };
export type TraceAnnotation = Annotation & { trace_id: string };

/** What a run says of itself, for a backend. */
export interface Annotations {
  /** Its verdicts, each on the judge's span. */
  spans: SpanAnnotation[];
  /** `outcome`, and as far as they are known `score` and `cost_usd`, of the whole run. */
  traces: TraceAnnotation[];
}

export function annotationsOf(run: RunReading): Annotations {
  return { spans: run.verdicts.map((verdict) => ofVerdict(verdict, run)), traces: ofRun(run) };
}

function ofVerdict(verdict: Verdict, { run_id, run_attempt }: RunReading): SpanAnnotation {
  const { id, kind, span_id, pass, score, status, explanation } = verdict;
  const { judge, criterion_id, constraint_id, item_id, plan_id, attempt } = verdict;
  const label = status ?? (pass === null ? null : pass ? 'pass' : 'fail');
  return {
    span_id,
    name: kind,
    annotator_kind: 'LLM',
    result: known({ label, score, explanation }),
    metadata: known({ judge, criterion_id, constraint_id, item_id, plan_id, attempt, run_id, run_attempt }),
    identifier: `agento ${id}`,
  };
}

function ofRun({ trace_id, run_id, run_attempt, outcome, error, score, usage, quality }: RunReading) {
  const of = (name: string, result: Annotation['result']): TraceAnnotation => ({
    trace_id,
    name,
    annotator_kind: 'CODE',
    result,
    metadata: { run_id, run_attempt },
    // A trace may hold several attempts, and several runs.
    identifier: `agento ${run_id} ${run_attempt}`,
  });
  const { cost_usd } = usage.all;
  return [
    of('outcome', known({ label: outcome, explanation: error?.message ?? quality?.summary ?? null })),
    ...(score === null ? [] : [of('score', { score })]),
    ...(cost_usd === null ? [] : [of('cost_usd', { score: cost_usd })]),
  ];
}

/** Without what is not known. */
function known<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } & Record<never, never> {
  const entries = Object.entries(values).filter(([, value]) => value !== null && value !== '');
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> };
}
