import type { AgentUsage, Problem, RunLimits } from '@agento/contracts';
import type { SpanNote, StoredEntry } from '@agento/tracing';

/** How a part was asked for; kept with it. */
export interface Origin {
  entry: StoredEntry;
  /** The spans of the request that began it. */
  request: SpanNote[];
  /** Hash of the idempotency key it came with. */
  key?: string;
}

/** What the service notes of a part. */
export interface PartNotes {
  trace_id?: string;
  /** The module's own work is done; its output is written. */
  worked?: boolean;
  /** The next module was asked. */
  gone_on?: boolean;
  /** Calls, tokens and cost, of all modules that are known. */
  usage?: AgentUsage[];
  /** Number of the module whose output the run ended with. */
  output_of?: number;
  problem?: Problem;
  /** What it may use after it was resumed, where that was said. */
  limits?: RunLimits;
  /** When it was last resumed, in milliseconds since 1970. */
  resumed_at?: number;
  /** Who asked for it again after it had failed. */
  resume?: string;
}

/** What is noted of a part that is resumed; `limits` replace those it had. */
export function resumed(resume: string, limits: RunLimits | undefined): PartNotes {
  return { resume, resumed_at: Date.now(), ...(limits && { limits }) };
}
