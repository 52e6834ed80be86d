import { setTimeout as delay } from 'node:timers/promises';
import { cancelled } from '@agento/agent';
import { limits, matches, Problem, runEvents, urlBelow, withoutUser } from '@agento/contracts';
import { attribute, event, type Span, traceHeaders, withoutCredentials } from '@agento/tracing';
import { createParser } from 'eventsource-parser';
import { type Dispatcher, Agent as HttpAgent, request } from 'undici';
import { bounded } from '../bounded.ts';
import { ProblemError, problem } from '../problem.ts';
import { attemptHeader } from './attempts.ts';
import { type LastOutput, outputIn } from './finished-data.ts';
import { hopFault, isLasting } from './hop-faults.ts';
import { authorization, cancelNext, type NextModule } from './later-module.ts';
import type { Waiting } from './part-notes.ts';
import { Suspended } from './suspended.ts';

/** Most bytes of a next module's response: an output that may be as long as an input, and comments. */
const mostAnswered = 8 * limits.body;
/** Most bytes of a refusal. */
const mostRefused = 64 * 1024;

/** How long the next module may take to end what was cancelled, in milliseconds. */
const endMs = 2_000;

/** Delays before the next module is asked again, in milliseconds; the last repeats. */
const delays = [100, 400, 1_000, 2_000];
/** How often it is asked again, however little time there is: the service may be restarting. */
const leastRetries = 3;
/** A next module that has answered for so long was up: what comes then is another failure, in milliseconds. */
const steadyMs = 2_000;

/** Header of a run that is resumed after it failed: who asks for it again, so that it is resumed once. */
export const resumeHeader = 'agento-run-resume';

/** Connections to the next module; a run may be silent for minutes, so only connecting has a limit. */
export function createHopDispatcher(): Dispatcher {
  return new HttpAgent({ headersTimeout: 0, bodyTimeout: 0, connect: { timeout: 5_000 } });
}

/** One hand-over. Its key is run, attempt and module: asked again, the next module goes on with what it has. */
export interface Hop extends NextModule {
  runId: string;
  /** Number of the attempt at the run. */
  attempt: number;
  /** Set where the run is resumed after it failed, or goes on after a review. */
  resume: string | null;
  /** A person has decided: there is nothing to wait for. */
  isReviewed: boolean;
  body: string;
  module: number;
  /** How to continue when the next module is gone, appended to the sentence that says so. */
  goOn: string;
  span: Span;
  signal: AbortSignal;
  /** How long the next module may be gone or full before the run fails, in milliseconds. */
  patienceMs: number;
}

/** The next module cannot be asked now; it may be later. */
class Gone extends Error {
  readonly problem: ProblemError;
  readonly delayMs: number | null;
  constructor(problem: ProblemError, delayMs: number | null = null) {
    super(problem.message, { cause: problem });
    this.problem = problem;
    this.delayMs = delayMs;
  }
}

/**
 * Posts an output to the next module and waits for the end of the run there. A lost connection, a module that restarts
 * and one that is full are waited for, and cost nothing twice.
 *
 * @returns the last module's output, or what the run waits for
 * @throws ProblemError with the problem of whichever module failed
 */
export async function callNext(hop: Hop): Promise<LastOutput | Waiting> {
  let [retries, since] = [0, performance.now()];
  for (;;) {
    let answeredAt = Number.POSITIVE_INFINITY;
    try {
      return await ask(hop, () => {
        answeredAt = performance.now();
      });
    } catch (error) {
      if (!(error instanceof Gone)) throw error;
      const now = performance.now();
      // One that breaks off at once, time and again, is as good as gone.
      if (now - answeredAt >= steadyMs) [retries, since] = [0, now];
      const isOver = performance.now() - since >= hop.patienceMs;
      if (isOver && (retries >= leastRetries || error.delayMs !== null)) throw error.problem;
      const delay_ms = error.delayMs ?? delays[Math.min(retries, delays.length - 1)] ?? 0;
      retries += 1;
      hop.span.addEvent(event.hopRetry, { attempt: retries, delay_ms });
      await delay(delay_ms, undefined, { signal: hop.signal }).catch(() => {
        throw cancelled(hop.signal);
      });
    }
  }
}

/** Asks once. `onAnswer` is called when it begins to answer. */
async function ask(hop: Hop, onAnswer: () => void): Promise<LastOutput | Waiting> {
  const sent = new AbortController();
  // What goes on elsewhere or later is not cancelled in the modules after.
  const cancel = () => {
    if (hop.signal.reason instanceof Suspended) return sent.abort();
    // Then it ends by itself, and its spans say how; the connection is closed if it takes long.
    void cancelNext(hop).finally(() => setTimeout(() => sent.abort(), endMs).unref());
  };
  if (hop.signal.aborted) throw cancelled(hop.signal);
  hop.signal.addEventListener('abort', cancel, { once: true });
  try {
    const response = await post(hop, sent.signal);
    hop.span.setAttribute(attribute.httpStatus, response.statusCode);
    if (response.statusCode !== 200) {
      throw refused(hop.module, response, await startOf(response.body));
    }
    onAnswer();
    return await readEnd(hop, response.body);
  } catch (error) {
    if (hop.signal.aborted) throw cancelled(hop.signal);
    throw error;
  } finally {
    hop.signal.removeEventListener('abort', cancel);
  }
}

async function post(hop: Hop, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
  try {
    // Redirects are not followed: input and key are for this address alone.
    return await request(withoutUser(urlBelow(hop.base, '/run')), {
      method: 'POST',
      headers: {
        ...authorization(hop),
        [attemptHeader]: String(hop.attempt),
        ...(hop.resume !== null && { [resumeHeader]: hop.resume }),
        'content-type': 'application/json',
        accept: 'text/event-stream',
        'agento-progress': 'none',
        ...traceHeaders(hop.span),
      },
      body: hop.body,
      signal,
      dispatcher: hop.dispatcher,
    });
  } catch (error) {
    const fault = hopFault(error);
    const shown = withoutCredentials(urlBelow(hop.base, '/run'));
    const why = fault === null ? '' : ` at ${shown}: ${fault}`;
    const failure = unreachable(hop, `could not be reached${why}`, error);
    throw isLasting(error) ? failure : new Gone(failure);
  }
}

async function readEnd(hop: Hop, body: Dispatcher.ResponseData['body']): Promise<LastOutput | Waiting> {
  const ending: { output?: LastOutput; waiting?: string; failed?: ProblemError } = {};
  const parser = createParser({
    onEvent({ event: name, data }) {
      if (name === 'run.finished') ending.output = outputIn(data, hop.module);
      else if (name === 'run.waiting_for_review') ending.waiting = data;
      else if (name === 'run.failed') ending.failed = failed(data);
    },
  });
  try {
    const decoder = new TextDecoder();
    let answered = 0;
    for await (const chunk of body) {
      answered += (chunk as Buffer).length;
      if (answered > mostAnswered) throw unusable(hop.module, `sent more than ${mostAnswered} bytes`);
      parser.feed(decoder.decode(chunk as Buffer, { stream: true }));
    }
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw new Gone(unreachable(hop, 'broke off its response', error));
  }
  if (ending.failed) throw ending.failed;
  if (ending.waiting !== undefined) return waitingIn(ending.waiting, hop);
  if (!ending.output) throw new Gone(unreachable(hop, 'ended its response without a result'));
  return ending.output;
}

/** What the run waits for; after the review it does so only until that has arrived everywhere. */
function waitingIn(data: string, hop: Hop): Waiting {
  const waiting: unknown = JSON.parse(data);
  if (hop.isReviewed) throw new Gone(unreachable(hop, 'still waits for the review'));
  if (matches(runEvents['run.waiting_for_review'], waiting)) return waiting;
  throw unusable(hop.module, 'waits for a review, and does not say of what');
}

/** The beginning of a response's text; the rest is not awaited. */
async function startOf(body: Dispatcher.ResponseData['body']): Promise<string> {
  let text = '';
  try {
    for await (const chunk of body.setEncoding('utf8')) {
      text += chunk;
      if (text.length > mostRefused) break;
    }
  } catch {
    // The status suffices.
  }
  return text;
}

function unusable(module: number, what: string, cause?: unknown): ProblemError {
  return new ProblemError(problem('next-module-failed', 502, `Module ${module} ${what}`, { module }), {
    cause,
  });
}

/** For a module that is gone or unreachable; says how to continue. */
function unreachable(hop: Hop, what: string, cause?: unknown): ProblemError {
  return unusable(hop.module, `${what}. ${hop.goOn}`, cause);
}

/** Statuses of a problem that is a later module's own, and comes through unchanged. */
const passedOn: ReadonlySet<number> = new Set([402, 499, 500, 502, 503, 504]);

/** The next module's own problem where it sent one; a fault it finds in our output is ours, not the caller's. */
function refused(module: number, response: Dispatcher.ResponseData, body: string): ProblemError | Gone {
  const { statusCode: status, headers } = response;
  let given: unknown;
  try {
    given = JSON.parse(body);
  } catch {
    given = null;
  }
  const told = matches(Problem, given) ? bounded(given) : null;
  const detail =
    status === 401
      ? `Module ${module} requires a key: set the same AGENTO_HOP_KEY on both modules`
      : told?.module !== undefined && told.module !== module
        ? `Module ${told.module} answers where module ${module} should: AGENTO_NEXT_URL of module ${module - 1} is wrong`
        : `Module ${module} rejected the request: ${told?.detail ?? `it answered ${status}`}`;
  const own =
    told && passedOn.has(told.status)
      ? new ProblemError(told)
      : new ProblemError(problem('next-module-failed', status === 503 ? 503 : 502, detail, { module }));
  if (status !== 503) return own;
  const seconds = Number(headers['retry-after']);
  return new Gone(own, Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 30) * 1_000 : 1_000);
}

function failed(data: string): ProblemError {
  const { problem: given } = JSON.parse(data) as { problem?: unknown };
  if (matches(Problem, given) && passedOn.has(given.status)) return new ProblemError(bounded(given));
  return new ProblemError(
    problem('next-module-failed', 502, 'A later module failed without giving a reason'),
  );
}
