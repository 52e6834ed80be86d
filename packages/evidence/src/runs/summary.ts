import type { RunReading } from '../reading/index.ts';

/** One attempt at a run, in a line. */
export interface RunSummary {
  run_id: string;
  run_attempt: number;
  trace_id: string;
  session_id: string | null;
  /** Milliseconds since 1970. */
  started_ms: number;
  /** Null if only its files are left. */
  wall_ms: number | null;
  /** Null while content is off. */
  goal: string | null;
  outcome: string;
  error: string | null;
  /** The share of criteria that the plan fully meets. */
  score: number | null;
  /** That were asked, by name. */
  models: string[];
  calls: number;
  input_tokens: number;
  output_tokens: number;
  /** Null if the price of any call is unknown. */
  cost_usd: number | null;
  /** Whether its trace is complete, as far as it says itself; null without a trace. */
  is_complete: boolean | null;
}

export function summaryOf(reading: RunReading): RunSummary {
  const { calls, input_tokens, output_tokens, cost_usd } = reading.usage.all;
  const { run_id, run_attempt, trace_id, session_id, started_ms, wall_ms, outcome, score } = reading;
  return {
    run_id,
    run_attempt,
    trace_id,
    session_id,
    started_ms,
    wall_ms,
    goal: reading.goal.value,
    outcome,
    error: reading.error?.type ?? null,
    score,
    models: [...new Set(reading.calls.map(({ model }) => model))].sort(),
    calls,
    input_tokens,
    output_tokens,
    cost_usd,
    is_complete: reading.gaps.length === 0,
  };
}
