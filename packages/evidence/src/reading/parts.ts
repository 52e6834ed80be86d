import { moduleOf, numberOf, type RecordedSpan } from '../model.ts';
import type { ModuleRun, RunTrace } from '../run.ts';
import { type Ending, endingOf, type Failure, failureOf } from './failure.ts';

/** One execution of one module's part of a run. */
export interface ModulePart {
  number: number;
  /** The attempt at the run it was made in. */
  run_attempt: number;
  execution: number;
  /** False if a later execution made it again. */
  counts: boolean;
  /** Its `run_module_N`. */
  span_id: string;
  started_ms: number;
  duration_ms: number;
  ending: Ending;
  error: Failure | null;
  /** The module it calls next, 0 for none; null if it does not say. */
  next_module: number | null;
  /** How many revision requests a person is to decide before the next module is called; 0 once it was. */
  to_review: number;
  /** How many spans it says are below it, null if it does not say, and how many are here. */
  span_count: number | null;
  spans_here: number;
}

export function partOf({ root, number, attempt, execution, counts, spans, hop }: ModuleRun): ModulePart {
  return {
    number,
    run_attempt: attempt,
    execution,
    counts,
    span_id: root.span_id,
    started_ms: Number(root.start) / 1e6,
    duration_ms: Number(root.end - root.start) / 1e6,
    ending: endingOf(root),
    error: failureOf(root),
    next_module: numberOf(root.attributes, 'agento.next_module'),
    to_review: hop === null ? (numberOf(root.attributes, 'agento.review.requests') ?? 0) : 0,
    span_count: numberOf(root.attributes, 'agento.span_count'),
    spans_here: spans.length,
  };
}

/** The modules of an attempt and, before them, those of earlier attempts that it goes on from. */
export function basisOf(run: RunTrace): ModuleRun[] {
  const basis = new Set(run.executions);
  for (const module of basis) if (module.previous) basis.add(module.previous);
  return [...basis].sort((one, other) => one.number - other.number || one.execution - other.execution);
}

/**
 * The spans of an attempt with those it is based on, and whether each counts: not one of an execution that was made
 * again. A span whose `run_module_N` is missing counts, unless another one of its module is here.
 */
export function countingSpans(run: RunTrace, basis: ModuleRun[]): Map<RecordedSpan, boolean> {
  const counting = new Map<RecordedSpan, boolean>();
  for (const module of basis) {
    for (const span of [module.root, ...module.spans]) counting.set(span, module.counts);
  }
  const numbers = new Set(basis.map(({ number }) => number));
  for (const span of run.trace.spans) {
    const module = moduleOf(span);
    if (module !== null && !counting.has(span)) counting.set(span, !numbers.has(module));
  }
  return counting;
}
