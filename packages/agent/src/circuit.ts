import { failureOf } from './chat-failures.ts';
import { StepError } from './errors.ts';

export type CircuitState = 'closed' | 'open' | 'half-open';

/** Keeps calls from an endpoint that is down: after several failed ones in a row, only one now and then tries it. */
export interface Circuit {
  /** @throws StepError `model_unavailable` while the endpoint is not to be asked */
  check(): void;
  /**
   * Makes one call, including its retries; the first after a pause is the one that tries the endpoint.
   *
   * @throws StepError `model_unavailable` as `check`, or what the call throws
   */
  run<T>(call: () => Promise<T>): Promise<T>;
  /** The endpoint has answered, if only that calls are too many. */
  answered(): void;
  /** `half-open`: the pause is over, and one call may try it, or is about to have. */
  state(): CircuitState;
}

/** Failed calls in a row, each after its retries, that open the circuit. */
const failuresToOpen = 5;
/** Pauses in milliseconds: they double while the endpoint stays down. */
const [firstPauseMs, longestPauseMs] = [5_000, 60_000];

/** @param now milliseconds of a clock that only goes forward */
export function createCircuit(now: () => number = () => performance.now()): Circuit {
  let failures = 0;
  /** 0 while closed. */
  let pauseMs = 0;
  let until = 0;
  let isProbing = false;
  let last = '';

  function state(): CircuitState {
    if (pauseMs === 0) return 'closed';
    return isProbing || now() >= until ? 'half-open' : 'open';
  }

  function open(): void {
    pauseMs = Math.min(longestPauseMs, pauseMs === 0 ? firstPauseMs : pauseMs * 2);
    until = now() + pauseMs;
  }

  function answered(): void {
    failures = 0;
    pauseMs = 0;
  }

  function failed(error: StepError, isProbe: boolean): void {
    failures += 1;
    last = error.message;
    // Calls that were under way when it opened say nothing new.
    if (pauseMs === 0 ? failures >= failuresToOpen : isProbe) open();
  }

  function check(): void {
    if (pauseMs === 0 || (!isProbing && now() >= until)) return;
    const at = new Date(Date.now() + Math.max(0, until - now())).toISOString();
    const next = isProbing
      ? 'while one call tries whether it is back'
      : `until ${at}; then one call tries it`;
    const what = `The model's endpoint is not asked: its circuit is open after ${failures} failed calls, ${next}`;
    throw new StepError('model_unavailable', `${what}. The last failure: ${last}`);
  }

  return {
    check,
    state,
    answered,
    async run(call) {
      check();
      const isProbe = pauseMs > 0;
      if (isProbe) isProbing = true;
      try {
        const answer = await call();
        answered();
        return answer;
      } catch (error) {
        if (error instanceof StepError) {
          if (isDown(error)) failed(error, isProbe);
          else if (isOfAnswer.has(error.code)) answered();
        }
        throw error;
      } finally {
        if (isProbe) isProbing = false;
      }
    },
  };
}

/** Errors that an answer led to: the endpoint is up. */
const isOfAnswer = new Set(['model_rejected', 'model_refused', 'answer_invalid']);

/** Unreachable, silent or failing; not one that rejects the request, or asks to slow down. */
function isDown({ code, cause }: StepError): boolean {
  if (code !== 'model_unavailable' && code !== 'model_timeout') return false;
  const status = failureOf(cause)?.status;
  return status === undefined || status >= 500 || status === 408;
}
