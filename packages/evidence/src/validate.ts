import { moduleOf, type Trace } from './model.ts';
import { rules } from './rules/index.ts';
import { runsOf } from './run.ts';

/** One broken rule at one place. */
export interface TraceFinding {
  rule: string;
  /** Null where the trace as a whole is meant. */
  module: number | null;
  /** Empty where the span itself is missing. */
  span_id: string;
  span_name: string;
  /** The attempt at the run; left out where the trace has one only. */
  attempt?: number;
  /** What is missing, and what to do about it. */
  detail: string;
}

/**
 * Holds a trace to the telemetry contract; empty when all rules hold. Each attempt at a run is judged by itself. A
 * run that failed or was stopped early is judged up to its last step, unless `complete` demands every module, of
 * the last attempt with what it took over from those before.
 */
export function validate(trace: Trace, { complete }: { complete: boolean }): TraceFinding[] {
  const runs = runsOf(trace, complete);
  return runs.flatMap((run) =>
    rules.flatMap((rule) =>
      rule.check(run).map(({ span, detail }) => ({
        rule: rule.name,
        module: (span && moduleOf(span)) ?? rule.module,
        span_id: span?.span_id ?? '',
        span_name: span?.name ?? '',
        ...(runs.length > 1 && { attempt: run.attempt }),
        detail,
      })),
    ),
  );
}

/** False for a trace of other programs only: the contract says nothing about it. */
export function hasModules(trace: Trace): boolean {
  return trace.spans.some((span) => moduleOf(span) !== null || span.name.startsWith('run_module_'));
}
