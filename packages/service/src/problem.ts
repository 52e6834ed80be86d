import { Cancelled, StepError, type StepErrorCode } from '@agento/agent';
import type { Finding, Problem } from '@agento/contracts';
import { redactText } from '@agento/tracing';
import { bounded, boundedFindings } from './bounded.ts';

/** An error with the problem details it is answered with. */
export class ProblemError extends Error {
  override name = 'ProblemError';
  readonly problem: Problem;
  readonly code: string;
  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.detail, options);
    this.problem = problem;
    this.code = problem.type.slice(problem.type.lastIndexOf(':') + 1);
  }
}

/** The run's time limit was reached. */
export class OutOfTime extends Cancelled {
  override readonly code = 'out_of_time';
}

const titles: Record<string, string> = {
  'bad-input': 'Invalid input',
  'too-large': 'The body is too large',
  'unsupported-media-type': 'The body must be JSON',
  'not-acceptable': 'No acceptable response type',
  'limit-reached': 'A limit of the run was reached',
  'guardrail-blocked': 'A guardrail blocked an answer',
  'not-found': 'Not found',
  unauthorized: 'A key is required',
  forbidden: 'The caller is not allowed',
  conflict: 'The run does not allow this now',
  'key-reused': 'The idempotency key belongs to another request',
  busy: 'The service is busy',
  'model-failed': 'The model failed',
  'next-module-failed': 'The next module failed',
  'out-of-time': 'The run took too long',
  cancelled: 'The run was cancelled',
  internal: 'Internal error',
};

/** Problem details of one of our kinds; `type` is `urn:agento:problem:{kind}`. Texts are cut to what may be shown. */
export function problem(kind: string, status: number, detail: string, more: Partial<Problem> = {}): Problem {
  return bounded({
    type: `urn:agento:problem:${kind}`,
    title: titles[kind] ?? kind,
    status,
    detail,
    ...more,
  });
}

/** 400 with every finding and where it is. */
export function badInput(errors: Finding[]): ProblemError {
  const shown = boundedFindings(errors);
  const detail = shown.map(({ pointer, detail }) => (pointer ? `${pointer}: ${detail}` : detail)).join('; ');
  return new ProblemError(problem('bad-input', 400, detail, { errors: shown }));
}

const stepFailures: Partial<Record<StepErrorCode, [string, number]>> = {
  model_timeout: ['out-of-time', 504],
  model_unavailable: ['model-failed', 502],
  model_rejected: ['model-failed', 502],
  model_refused: ['model-failed', 502],
  answer_invalid: ['model-failed', 502],
  limit_reached: ['limit-reached', 402],
  guardrail_blocked: ['guardrail-blocked', 502],
};

/** The problem for an error. Details that are not ours to show stay in the log and the span. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof OutOfTime) return problem('out-of-time', 504, error.message);
  if (error instanceof Cancelled) return problem('cancelled', 499, error.message);
  if (error instanceof StepError) {
    const known = stepFailures[error.code];
    const place = { ...error.failedStep, ...(error.guardrail !== null && { guardrail: error.guardrail }) };
    // The same kind as a run out of time, but with a different remedy.
    const title = error.code === 'model_timeout' ? { title: 'The model took too long' } : {};
    if (known) return problem(known[0], known[1], error.message, { ...title, ...place });
    return problem('internal', 500, 'The module failed; see the trace and the log for the cause', place);
  }
  return problem('internal', 500, 'The service failed; see the trace and the log for the cause');
}

/** The problem's JSON, redacted: the caller's input may reappear in a pointer or a message. */
export function writeProblem(given: Problem): string {
  return redactText(JSON.stringify(given));
}

/** The problem as it may be kept: whoever is shown it later does not know the secrets of the run. */
export function withoutSecrets(given: Problem): Problem {
  return JSON.parse(writeProblem(given)) as Problem;
}
