import { moduleOf, type Trace } from './model.ts';
import { rules } from './rules/index.ts';
import { runOf } from './run.ts';

/** One broken rule at one place. */
export interface Finding {
  rule: string;
  /** Null where the trace as a whole is meant. */
  module: number | null;
  /** Empty where the span itself is missing. */
  span_id: string;
  span_name: string;
  /** What is missing, and what to do about it. */
  detail: string;
}

/**
 * Holds a trace to the telemetry contract; empty when all rules hold. A run that failed or was stopped early is
 * judged up to its last step, unless `complete` demands all five modules.
 */
export function validate(trace: Trace, { complete }: { complete: boolean }): Finding[] {
  const run = runOf(trace, complete);
  return rules.flatMap((rule) =>
    rule.check(run).map(({ span, detail }) => ({
      rule: rule.name,
      module: (span && moduleOf(span)) ?? rule.module,
      span_id: span?.span_id ?? '',
      span_name: span?.name ?? '',
      detail,
    })),
  );
}
