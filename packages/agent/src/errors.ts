import type { ProducedBy } from '@agento/contracts';

/** What went wrong with a step, as a code that a reader of the trace can search for. */
export type StepErrorCode =
  /** The endpoint could not be reached, or kept answering 5xx or 429. */
  | 'model_unavailable'
  /** The endpoint rejected the request: wrong key, unknown model, quota. */
  | 'model_rejected'
  | 'model_timeout'
  /** The model declined to answer. */
  | 'model_refused'
  /** The answer violated its schema or a check, and so did its repair. */
  | 'answer_invalid'
  /** A guardrail with the action `block` found something in an answer. */
  | 'guardrail_blocked'
  /** The run has used what its limits allow. */
  | 'limit_reached'
  | 'cancelled'
  | 'internal';

/** Where a step failed: enough to find its span and the prompt it used. */
export interface FailedStep {
  step: string;
  agent_name: string;
  span_id: string;
  prompt_sha256?: string;
}

/** A step that failed. `message` says what happened, without content of the run. */
export class StepError extends Error {
  override name = 'StepError';
  readonly code: StepErrorCode;
  /** What exactly was wrong: for the log, since it may contain content of the run. */
  readonly problems: string[];
  /** Set by the innermost step that throws the error. */
  failedStep: FailedStep | null = null;
  /** Set if a guardrail blocks the run: its id. */
  guardrail: string | null = null;
  /** Set if a model was asked: which agent, with which prompt, in which span. */
  askedBy: ProducedBy | null = null;
  constructor(code: StepErrorCode, message: string, options?: ErrorOptions & { problems?: string[] }) {
    super(message, options);
    this.problems = options?.problems ?? [];
    this.code = code;
  }
}

/** The run was cancelled: its caller left, its time was over, or a parallel step failed. */
export class Cancelled extends Error {
  override name = 'Cancelled';
  readonly code: string = 'cancelled';
}

/** Throws the signal's reason as a Cancelled if the run was cancelled. */
export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw cancelled(signal);
}

export function cancelled(signal: AbortSignal): Cancelled {
  const { reason } = signal;
  if (reason instanceof Cancelled) return reason;
  return new Cancelled(reason instanceof Error ? reason.message : 'The run was cancelled', { cause: reason });
}
