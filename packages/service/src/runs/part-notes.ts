import type { AgentUsage, HumanReview, Problem, RunEvents, RunLimits } from '@agento/contracts';
import type { SpanNote, StoredEntry } from '@agento/tracing';

/** How a part was asked for; kept with it. */
export interface Origin {
  entry: StoredEntry;
  /** The spans of the request that began it. */
  request: SpanNote[];
  /** Hash of the idempotency key it came with. */
  key?: string;
  /** The module before handed it over. */
  handed?: true;
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
  /** Who asked for it again after it had failed, or had been reviewed. */
  resume?: string;
  /** What it waits for a person to decide, or waited for. */
  waiting?: Waiting;
  /** Since when, in milliseconds since 1970. */
  waiting_since?: number;
  /** How long it had waited when it was reviewed, in milliseconds. */
  waited_ms?: number;
  /** It waited, and is to be cancelled. */
  to_cancel?: boolean;
  /** What a person decided. */
  review?: HumanReview;
}

/** What a run waits for. */
export type Waiting = RunEvents['run.waiting_for_review'];

/** What is noted of a part that is resumed; `limits` replace those it had. */
export function resumed(resume: string, limits: RunLimits | undefined): PartNotes {
  return { resume, resumed_at: Date.now(), waited_ms: 0, to_cancel: false, ...(limits && { limits }) };
}
