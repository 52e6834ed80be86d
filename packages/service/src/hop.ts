import { setTimeout as delay } from 'node:timers/promises';
import { cancelled } from '@agento/agent';
import { basicAuthorization, limits, matches, Problem, withoutUser } from '@agento/contracts';
import { attribute, event, type Span, traceHeaders, withoutCredentials } from '@agento/tracing';
import { createParser } from 'eventsource-parser';
import { type Dispatcher, Agent as HttpAgent, request } from 'undici';
import { attemptHeader } from './attempts.ts';
import { bounded } from './bounded.ts';
import type { EventSink } from './event-stream.ts';
import { outputIn } from './finished-data.ts';
import { hopFault } from './hop-faults.ts';
import { ProblemError, problem } from './problem.ts';

/** Most bytes of a next module's response: its events, and an output that may be as long as an input. */
const mostAnswered = 8 * limits.body;
/** Most bytes of a refusal. */
const mostRefused = 64 * 1024;

/** Delays between connection attempts of a hop, in milliseconds: the service may be restarting. */
const connectDelays = [100, 400, 1_000];

/** Connections to the next module; a run may be silent for minutes, so only connecting has a limit. */
export function createHopDispatcher(): Dispatcher {
  return new HttpAgent({ headersTimeout: 0, bodyTimeout: 0, connect: { timeout: 5_000 } });
}

/**
 * Posts an output to the next module and relays its events as they come. Where nobody listens it asks for none but the
 * last: its comments are what keeps the connection open.
 *
 * @returns the JSON text of the last module's output
 * @throws ProblemError with the problem of whichever module failed
 */
export async function callNext(call: {
  url: string;
  /** Key of the hop, null where there is none. */
  key: string | null;
  /** Number of the attempt at the run. */
  attempt: number;
  body: string;
  module: number;
  /** How to continue when the next module is gone, appended to the sentence that says so. */
  goOn: string;
  span: Span;
  signal: AbortSignal;
  dispatcher: Dispatcher;
  /** Null where nobody listens. */
  relay: EventSink | null;
}): Promise<string> {
  const response = await connect(call);
  call.span.setAttribute(attribute.httpStatus, response.statusCode);
  if (response.statusCode !== 200) {
    throw refused(call.module, response.statusCode, await startOf(response.body));
  }
  const ending: { output?: string; failed?: ProblemError } = {};
  const parser = createParser({
    onEvent({ event: name, data }) {
      if (name === 'run.finished') ending.output = outputIn(data);
      else if (name === 'run.failed') ending.failed = failed(data);
      // The caller already got run.started from this module.
      else if (name && name !== 'run.started') call.relay?.(name, data);
    },
  });
  try {
    const decoder = new TextDecoder();
    let answered = 0;
    for await (const chunk of response.body) {
      answered += (chunk as Buffer).length;
      if (answered > mostAnswered) break;
      parser.feed(decoder.decode(chunk as Buffer, { stream: true }));
    }
    if (answered > mostAnswered) throw unusable(call.module, `sent more than ${mostAnswered} bytes`);
  } catch (error) {
    if (call.signal.aborted) throw cancelled(call.signal);
    if (error instanceof ProblemError) throw error;
    throw unreachable(call, 'broke off its response', error);
  }
  if (ending.failed) throw ending.failed;
  if (ending.output === undefined) throw unreachable(call, 'ended its response without a result');
  return ending.output;
}

async function connect(call: Parameters<typeof callNext>[0]): Promise<Dispatcher.ResponseData> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      // Redirects are not followed: input and key are for this address alone.
      return await request(withoutUser(call.url), {
        method: 'POST',
        headers: {
          ...(call.key === null ? basicAuthorization(call.url) : { authorization: `Bearer ${call.key}` }),
          [attemptHeader]: String(call.attempt),
          'content-type': 'application/json',
          accept: 'text/event-stream',
          ...(call.relay === null && { 'agento-progress': 'none' }),
          ...traceHeaders(call.span),
        },
        body: call.body,
        signal: call.signal,
        dispatcher: call.dispatcher,
      });
    } catch (error) {
      if (call.signal.aborted) throw cancelled(call.signal);
      const wait = connectDelays[attempt];
      // Only a connection that failed is retried: a run that had started must not be paid for twice.
      if (!isConnectError(error) || wait === undefined)
        throw unreachable(call, `could not be reached${whyNot(call.url, error)}`, error);
      call.span.addEvent(event.hopRetry, { attempt: attempt + 1, delay_ms: wait });
      await delay(wait, undefined, { signal: call.signal }).catch(() => {
        throw cancelled(call.signal);
      });
    }
  }
}

function whyNot(url: string, error: unknown): string {
  const fault = hopFault(error);
  return fault === null ? '' : ` at ${withoutCredentials(url)}: ${fault}`;
}

function isConnectError(error: unknown): boolean {
  const { code } = error as { code?: string };
  return (
    code === 'ECONNREFUSED' ||
    code === 'ENOTFOUND' ||
    code === 'EAI_AGAIN' ||
    code === 'EHOSTUNREACH' ||
    code === 'UND_ERR_CONNECT_TIMEOUT'
  );
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
function unreachable(call: Parameters<typeof callNext>[0], what: string, cause?: unknown): ProblemError {
  return unusable(call.module, `${what}. ${call.goOn}`, cause);
}

/** Statuses of a problem that is a later module's own, and comes through unchanged. */
const passedOn: ReadonlySet<number> = new Set([500, 502, 503, 504]);

/** The next module's own problem where it sent one; a fault it finds in our output is ours, not the caller's. */
function refused(module: number, status: number, body: string): ProblemError {
  let given: unknown;
  try {
    given = JSON.parse(body);
  } catch {
    given = null;
  }
  const told = matches(Problem, given) ? bounded(given) : null;
  if (told && passedOn.has(told.status)) return new ProblemError(told);
  const detail =
    status === 401
      ? `Module ${module} requires a key: set the same AGENTO_HOP_KEY on both modules`
      : told?.module !== undefined && told.module !== module
        ? `Module ${told.module} answers where module ${module} should: AGENTO_NEXT_URL of module ${module - 1} is wrong`
        : `Module ${module} rejected the request: ${told?.detail ?? `it answered ${status}`}`;
  return new ProblemError(problem('next-module-failed', status === 503 ? 503 : 502, detail, { module }));
}

function failed(data: string): ProblemError {
  const { problem: given } = JSON.parse(data) as { problem?: unknown };
  if (matches(Problem, given) && passedOn.has(given.status)) return new ProblemError(bounded(given));
  return new ProblemError(
    problem('next-module-failed', 502, 'A later module failed without giving a reason'),
  );
}
