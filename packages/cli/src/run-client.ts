import { matches, Problem, type RunEventName, type RunEvents } from '@agento/contracts';
import { createParser } from 'eventsource-parser';
import { Agent, fetch } from 'undici';
import { CommandError, exitCodes } from './exit-codes.ts';

/** One event of a run, told apart by its name. */
export type RunEvent = { [N in RunEventName]: { name: N; data: RunEvents[N] } }[RunEventName];

const known: ReadonlySet<string> = new Set<RunEventName>([
  'run.started',
  'step.started',
  'step.finished',
  'module.finished',
  'run.finished',
  'run.failed',
]);

/**
 * Sends the input to `{url}/run` and gives the run's events as they come, the last one `run.finished` or
 * `run.failed`. A refusal before the run began comes as `run.failed` too. Throws a CommandError when nobody
 * is there (exit 3) or the connection is lost in the middle (exit 1). Aborting the signal cancels the run.
 */
export async function* runEvents(url: string, input: object, signal: AbortSignal): AsyncGenerator<RunEvent> {
  // Silence is no fault: a model may take minutes, and the service keeps the connection alive with comments.
  const dispatcher = new Agent({ bodyTimeout: 0, headersTimeout: 60_000 });
  try {
    const response = await fetch(`${url}/run`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify(input),
      signal,
      dispatcher,
    }).catch((error: unknown) => {
      if (signal.aborted) throw error;
      throw notReachable(url, error);
    });
    if (!response.ok) {
      yield { name: 'run.failed', data: { problem: problemOf(await response.text(), response.status, url) } };
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
    onEvent({ event, data }) {
      // The service and this client share the schema: what it names it also shapes.
      if (event && known.has(event)) ready.push({ name: event, data: JSON.parse(data) } as RunEvent);
    },
  });
  const decoder = new TextDecoder();
  try {
    for await (const chunk of body) {
      parser.feed(decoder.decode(chunk, { stream: true }));
      for (const event of ready.splice(0)) {
        yield event;
        if (event.name === 'run.finished' || event.name === 'run.failed') return;
      }
    }
  } catch (error) {
    if (signal.aborted) throw error;
    throw lost(error);
  }
  throw lost();
}

function problemOf(text: string, status: number, url: string): Problem {
  let problem: unknown;
  try {
    problem = JSON.parse(text);
  } catch {
    throw notAgento(url);
  }
  if (!matches(Problem, problem)) throw notAgento(url);
  return { ...problem, status };
}

function notReachable(url: string, error: unknown): CommandError {
  const { cause, message } = error as Error;
  const reason = cause instanceof Error ? (cause as NodeJS.ErrnoException).code || cause.message : message;
  return new CommandError(
    exitCodes.notFound,
    `Nobody answers at ${url} (${reason}).`,
    'Bring the services up with `pnpm start`, or say with --url where module 1 is.',
  );
}

function notAgento(url: string): CommandError {
  return new CommandError(
    exitCodes.notFound,
    `${url} answers, but not as module 1 does.`,
    'Say with --url where module 1 is; `pnpm agento doctor` looks at each module.',
  );
}

function lost(error?: unknown): CommandError {
  const reason = error instanceof Error ? ` (${error.message})` : '';
  return new CommandError(
    exitCodes.failed,
    `The connection ended before the run did${reason}.`,
    'The run was cancelled with it: look into the services’ logs, then try again.',
  );
}
