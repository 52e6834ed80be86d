import { setTimeout as delay } from 'node:timers/promises';
import { event, type Span } from '@agento/tracing';
import type OpenAI from 'openai';
import { linkedController } from './abort.ts';
import { type CallClock, createCallClocks } from './call-clock.ts';
import type { ChatBody } from './chat.ts';
import { readCompletion } from './chat-answer.ts';
import { asStepError, type EndpointFailure, failureOf, isQuotaUsedUp, mayRetry } from './chat-failures.ts';
import type { Circuit } from './circuit.ts';
import type { Completion } from './completion.ts';
import { StepError, throwIfCancelled } from './errors.ts';
import type { ModelFetchOptions } from './model-fetch.ts';
import type { ModelSettings } from './model-settings.ts';
import { isLong, nextTurn } from './recorded-text.ts';
import { createRetryBudget } from './retry-budget.ts';
import type { Slot, Slots } from './slots.ts';
import { askedWait, backOff } from './waits.ts';

/** Retries in a minute that are made however few calls there are. */
const leastRetries = 10;

/** One call of the endpoint, including all its requests. */
export interface Attempts {
  span: Span;
  slot: Slot;
  signal: AbortSignal;
  body: ChatBody;
  /** Whether repeating the same request cannot help after this error. */
  isLast(error: unknown): boolean;
}

/**
 * Makes one call within its time limit: retries transient errors as often as configured and as all calls together may,
 * and slows down whenever the endpoint says that calls are too many, for as long as it asks.
 */
export function createAttempts(client: OpenAI, settings: ModelSettings, slots: Slots, circuit: Circuit) {
  const retries = createRetryBudget(leastRetries);
  const startClock = createCallClocks(settings.timeoutMs);

  async function complete(attempts: Attempts): Promise<Completion> {
    const { controller, unlink } = linkedController(attempts.signal);
    const clock = startClock(() => controller.abort());
    let last: EndpointFailure | null = null;
    const onFailure = (failure: EndpointFailure | null) => {
      last = failure;
    };
    try {
      return await tryOften({ ...attempts, signal: controller.signal }, clock, onFailure);
    } catch (error) {
      throwIfCancelled(attempts.signal);
      if (!controller.signal.aborted) throw error;
      throw outOfTime(settings.timeoutMs, last);
    } finally {
      clock.stop();
      unlink();
    }
  }

  async function tryOften(
    { span, slot, signal, body, isLast }: Attempts,
    clock: CallClock,
    onFailure: (failure: EndpointFailure | null) => void,
  ): Promise<Completion> {
    let [failures, waits] = [0, 0];
    retries.called();
    for (let attempt = 1; ; attempt += 1) {
      const sentAt = performance.now();
      clock.sent();
      try {
        const completion = await request(body, signal);
        clock.answered();
        slots.answered();
        return completion;
      } catch (error) {
        if (signal.aborted) throw error;
        const failure = failureOf(error);
        if (failure) clock.answered();
        else clock.failed();
        onFailure(failure);
        const isTooMany = failure?.status === 429 && !isQuotaUsedUp(failure);
        if (isTooMany) {
          slots.slowDown(sentAt);
          circuit.answered();
          waits += 1;
        } else failures += 1;
        const isOver = !mayRetry(error) || isLast(error) || failures > settings.retries;
        // A 429 is no failure of the endpoint: waiting for it has the call's time as its limit.
        const isAllowed = isTooMany || (!isOver && circuit.state() === 'closed' && retries.take());
        if (isOver || !isAllowed) throw asStepError(error, attempt, settings.maxAnswerBytes);
        const asked = askedWait(failure);
        // An endpoint that keeps asking for too short a wait is not trusted indefinitely.
        const more = waits > settings.retries ? backOff(waits - settings.retries) : 0;
        const delay_ms = isTooMany ? Math.max(asked ?? backOff(waits), more) : (asked ?? backOff(failures));
        span.addEvent(event.retry, {
          attempt,
          status: failure?.status ?? 0,
          // The client's errors are distinguished by class; all are named Error.
          error: failure?.name ?? (error instanceof Error ? error.constructor.name : 'Error'),
          delay_ms,
        });
        await delay(delay_ms, undefined, { signal });
        clock.pause();
        await slot.turn(signal);
        clock.resume();
      }
    }
  }

  async function request(body: ChatBody, signal: AbortSignal): Promise<Completion> {
    let text = '';
    const receive = (received: string) => {
      text = received;
    };
    const fetchOptions: object = { cancel: signal, receive } satisfies ModelFetchOptions;
    const { headers } = await client.chat.completions.create(body, { fetchOptions }).asResponse();
    const completion = readCompletion(text, headers);
    if (isLong(text)) await nextTurn();
    return completion;
  }

  return complete;
}

function outOfTime(limitMs: number, last: EndpointFailure | null): StepError {
  const before = last ? `; its last response was ${last.status}${last.told}` : '';
  const what = `The model did not answer within ${limitMs} ms, the time limit of one call (AGENTO_LLM_TIMEOUT_MS)`;
  return new StepError('model_timeout', `${what}${before}`, last ? { cause: last } : undefined);
}
