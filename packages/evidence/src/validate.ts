import { resumedModules } from './executions.ts';
import { executionOf, isOwn, moduleOf, type RecordedSpan, type Trace } from './model.ts';
import { rules } from './rules/index.ts';
import { runsOf } from './run.ts';

/** One violated rule at one place. */
export interface TraceFinding {
  rule: string;
  /** Null for the whole trace. */
  module: number | null;
  /** Empty if the span itself is missing. */
  span_id: string;
  span_name: string;
  /** The attempt at the run; omitted if the trace has only one. */
  attempt?: number;
  /** The execution of its module; omitted if the attempt has only one of that module. */
  execution?: number;
  /** What is missing, and what to do about it. */
  detail: string;
}

/**
 * Validates a trace against the telemetry contract; empty if all rules are met. Each attempt at a run is validated
 * separately; of a module that was executed several times, the last execution must have all its steps. A run that failed
 * or was stopped early is validated up to its last step, unless `complete` requires every module of the last attempt,
 * including what it took over from earlier ones.
 */
export function validate(trace: Trace, { complete }: { complete: boolean }): TraceFinding[] {
  const runs = runsOf(trace, complete);
  return runs.flatMap((run) => {
    const resumed = resumedModules(run.trace.spans);
    const executionFor = (span: RecordedSpan | undefined) =>
      span && isOwn(span) && resumed.has(moduleOf(span) ?? 0) ? { execution: executionOf(span) } : {};
    return rules.flatMap((rule) =>
      rule.check(run).map(({ span, detail }) => ({
        rule: rule.name,
        module: (span && moduleOf(span)) ?? rule.module,
        span_id: span?.span_id ?? '',
        span_name: span?.name ?? '',
        ...(runs.length > 1 && { attempt: run.attempt }),
        ...executionFor(span),
        detail,
      })),
    );
  });
}

/** False for a trace without Agento spans: the contract does not apply to it. */
export function hasModules(trace: Trace): boolean {
  return trace.spans.some((span) => moduleOf(span) !== null || span.name.startsWith('run_module_'));
}
