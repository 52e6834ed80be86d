import { STATUS_CODES } from 'node:http';
import { limits, matches, Problem, type RunEventName, type RunEvents, runEvents } from '@agento/contracts';
import { createParser } from 'eventsource-parser';
import { Agent, fetch } from 'undici';
import { startOf } from './answer-text.ts';
import { bearer } from './api-key.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
import { agento, startCommand } from './invocation.ts';

/** One event of a run, discriminated by its name. */
export type RunEvent = { [N in RunEventName]: { name: N; data: RunEvents[N] } }[RunEventName];

/** Most characters of one event: the last one holds an output, which may be as long as an input. */
const longestEvent = 8 * limits.body;
/** Milliseconds of silence until a run counts as lost: the service sends a comment every 15 s. */
const silence = 120_000;

/**
 * Sends the input to `{url}/run` and gives the run's events as they come, the last one `run.finished`, `run.failed`, or
 * `run.waiting_for_review`. A refusal before the run began comes as `run.failed` too. Throws a CommandError when nobody
 * is there (exit 3) or the connection is lost in the middle (exit 1). Aborting the signal cancels the run.
 *
 * @param env its AGENTO_API_KEY is sent, only to this address
 */
export async function* eventsOfRun(
  url: string,
  input: object,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): AsyncGenerator<RunEvent> {
  const key = bearer(env);
  const dispatcher = new Agent({ bodyTimeout: silence, headersTimeout: 60_000 });
  try {
    const response = await fetch(`${url}/run`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...key },
      body: JSON.stringify(input),
      redirect: 'manual',
      signal,
      dispatcher,
    }).catch((error: unknown) => {
      if (signal.aborted) throw error;
      throw notReachable(url, error);
    });
    if (response.status >= 300 && response.status < 400) throw elsewhere(url, response.status);
    if (!response.ok) {
      const text = await startOf(response.body);
      yield { name: 'run.failed', data: { problem: problemOf(text, response.status, url) } };
      return;
    }
    if (!response.headers.get('content-type')?.startsWith('text/event-stream') || !response.body) {
      throw notAgento(url);
    }
    yield* eventsOf(response.body, signal);
  } finally {
    await dispatcher.destroy();
  }
}

async function* eventsOf(body: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<RunEvent> {
  const ready: RunEvent[] = [];
  const parser = createParser({
    maxBufferSize: longestEvent,
    onEvent({ event = '', data }) {
      if (Object.hasOwn(runEvents, event)) ready.push(eventOf(event as RunEventName, data));
    },
    onError(error) {
      if (error.type === 'max-buffer-size-exceeded') throw unusable(`is over ${longestEvent} characters`);
    },
  });
  const decoder = new TextDecoder();
  let isWaiting = false;
  try {
    for await (const chunk of body) {
      parser.feed(decoder.decode(chunk, { stream: true }));
      for (const event of ready.splice(0)) {
        yield event;
        if (event.name === 'run.finished' || event.name === 'run.failed') return;
        // Whoever leaves before the service has ended the stream cancels the run.
        if (event.name === 'run.waiting_for_review') isWaiting = true;
      }
    }
  } catch (error) {
    if (signal.aborted || error instanceof CommandError) throw error;
    throw lost(error);
  }
  if (!isWaiting) throw lost();
}

function eventOf(name: RunEventName, json: string): RunEvent {
  let data: unknown;
  try {
    data = JSON.parse(json);
  } catch {
    throw unusable(`${name} is not JSON`);
  }
  if (!matches(runEvents[name], data)) throw unusable(`${name} lacks required fields`);
  return { name, data } as RunEvent;
}

/** Statuses that mean the same from anyone: a proxy in front of the service sends them with its own body. */
const plain: ReadonlySet<number> = new Set([401, 403, 407, 413, 421, 429, 502, 503, 504]);

/** The problem that a refusal is; throws a CommandError where it is none of a module's. */
export function problemOf(text: string, status: number, url: string): Problem {
  let problem: unknown = null;
  try {
    problem = JSON.parse(text);
  } catch {
    // Below.
  }
  if (matches(Problem, problem)) return { ...problem, status };
  if (!plain.has(status)) throw notAgento(url);
  const title = STATUS_CODES[status] ?? 'Refused';
  return { type: 'about:blank', title, status, detail: `${url} sent this, but is not module 1.` };
}

export function notReachable(url: string, error: unknown): CommandError {
  const { cause, message } = error as Error;
  const reason = cause instanceof Error ? (cause as NodeJS.ErrnoException).code || cause.message : message;
  return new CommandError(
    exitCodes.notFound,
    `Nothing answers at ${url} (${reason}).`,
    `Start the services with \`${startCommand}\`, or set --url to module 1.`,
  );
}

export function notAgento(url: string): CommandError {
  return new CommandError(
    exitCodes.notFound,
    `${url} answers, but is not module 1.`,
    `Set --url to module 1; \`${agento} doctor\` checks each module.`,
  );
}

export function elsewhere(url: string, status: number): CommandError {
  return new CommandError(
    exitCodes.notFound,
    `${url} answers ${status}, a redirect: goal and key are sent only to the given address.`,
    'Set --url to module 1.',
  );
}

function unusable(what: string): CommandError {
  return new CommandError(
    exitCodes.failed,
    `The run cannot be followed: the event ${what}.`,
    'Set --url to module 1; this command and the services must have the same version.',
  );
}

function lost(error?: unknown): CommandError {
  const reason = error instanceof Error ? ` (${error.message.slice(0, 200)})` : '';
  return new CommandError(
    exitCodes.failed,
    `The connection ended before the run did${reason}.`,
    'If module 1 died, the run goes on when it is back: GET /runs there lists it. Else it was cancelled, and the services’ logs say why.',
  );
}
