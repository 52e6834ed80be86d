import type { ProducedBy } from '@agento/contracts';

/** What went wrong with a step, as a code that a reader of the trace can search for. */
export type StepErrorCode =
  /** The endpoint could not be reached, or kept answering 5xx or 429. */
  | 'model_unavailable'
  /** The endpoint refused the request: wrong key, unknown model, quota. */
  | 'model_rejected'
  | 'model_timeout'
  /** The model declined to answer. */
  | 'model_refused'
  /** The answer broke its schema or its meaning, and the repair did too. */
  | 'answer_invalid'
  | 'cancelled'
  | 'internal';

/** Where a step failed: enough to find its span and the prompt it used. */
export interface FailedStep {
  step: string;
  agent_name: string;
  span_id: string;
  prompt_sha256?: string;
}

/** A step that could not be done. `message` says what happened and holds no content of the run. */
export class StepError extends Error {
  override name = 'StepError';
  readonly code: StepErrorCode;
  /** What exactly was wrong: for the log, since it may hold content of the run. */
  readonly problems: string[];
  /** Set by the step the error leaves first. */
  failedStep: FailedStep | null = null;
  /** Set where a model was asked: who, with which prompt, in which span. */
  askedBy: ProducedBy | null = null;
  constructor(code: StepErrorCode, message: string, options?: ErrorOptions & { problems?: string[] }) {
    super(message, options);
    this.problems = options?.problems ?? [];
    this.code = code;
  }
}

/** The run was given up: its caller left, its time was over, or a step beside this one failed. */
export class Cancelled extends Error {
  override name = 'Cancelled';
  readonly code: string = 'cancelled';
}

/** Throws the signal's reason as a Cancelled when the run has been given up. */
export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw cancelled(signal);
}

export function cancelled(signal: AbortSignal): Cancelled {
  const { reason } = signal;
  if (reason instanceof Cancelled) return reason;
  return new Cancelled(reason instanceof Error ? reason.message : 'The run was cancelled', { cause: reason });
}
