import { setTimeout as delay } from 'node:timers/promises';
import {
  basicAuthorization,
  type Review,
  type RunJournal,
  type RunResource,
  urlBelow,
  withoutUser,
} from '@agento/contracts';
import type { Part } from '@agento/runs';
import { type Dispatcher, request } from 'undici';
import { ProblemError, problem } from '../problem.ts';
import type { Service } from '../service.ts';

/** How long a next module may take to say how far it is, in milliseconds. */
const askMs = 2_000;
/** How long the modules after may take to give their journals, in milliseconds. */
const journalMs = 15_000;
/** How long the modules after may take to delete their parts, each after the other, in milliseconds. */
const deleteMs = 15_000;
/** How long a cancellation may take to reach the next module, in milliseconds. */
const cancelMs = 3_000;

/** The next module, and how it is reached. */
export interface NextModule {
  /** Address of its service. */
  base: string;
  /** Key of the hop, null where there is none. */
  key: string | null;
  dispatcher: Dispatcher;
}

/** The header that lets a module call the next. */
export function authorization({ key, base }: NextModule): { authorization?: string } {
  return key === null ? basicAuthorization(base) : { authorization: `Bearer ${key}` };
}

/** The module after this one; null for none. */
export function nextOf({ settings, dispatcher }: Service): NextModule | null {
  const { nextUrl, hopKey } = settings;
  return nextUrl === null ? null : { base: nextUrl, key: hopKey, dispatcher };
}

/** Address of the next module's part of a run, or of a path below it; without an attempt, of the run. */
export function addressOf(
  { base }: NextModule,
  { runId, attempt }: { runId: string; attempt?: number | undefined },
  path = '',
): URL {
  const url = withoutUser(urlBelow(base, `/runs/${runId}${path}`));
  if (attempt !== undefined) url.searchParams.set('attempt', String(attempt));
  return url;
}

/** How far the next module is; null if it does not say. */
export function askNext(next: NextModule, part: Part): Promise<RunResource | null> {
  return askOf<RunResource>(next, addressOf(next, part), askMs);
}

/** What the next module recorded of its calls in an attempt, and those after it of theirs; null if it does not say. */
export function journalOfNext(
  next: NextModule,
  attempt: { runId: string; attempt: number },
): Promise<RunJournal | null> {
  return askOf<RunJournal>(next, addressOf(next, attempt, '/journal'), journalMs);
}

/** What the modules after have to be decided. @throws ProblemError 502 if they do not say */
export async function reviewOfNext(next: NextModule, part: Part): Promise<Review> {
  const page = await askOf<Review>(next, addressOf(next, part, '/review'), journalMs);
  if (page) return page;
  const detail = `What is to be decided is not known here, and module ${part.module + 1} does not say it: try again when the modules after this one are up`;
  throw new ProblemError(problem('next-module-failed', 502, detail, { run_id: part.runId }));
}

async function askOf<T>(next: NextModule, address: URL, patienceMs: number): Promise<T | null> {
  try {
    const { statusCode, body } = await request(address, {
      headers: authorization(next),
      dispatcher: next.dispatcher,
      signal: AbortSignal.timeout(patienceMs),
    });
    if (statusCode === 200) return (await body.json()) as T;
    await body.dump();
  } catch {
    // It is not there, or slow: what is known here is answered.
  }
  return null;
}

/** Has the module after, and those behind it, delete the run, or an attempt at it. */
export async function deleteNext(
  next: NextModule,
  runId: string,
  attempt: number | undefined,
): Promise<void> {
  const url = addressOf(next, { runId, attempt });
  for (const until = performance.now() + askMs; ; await delay(50)) {
    const { statusCode, body } = await request(url, {
      method: 'DELETE',
      headers: authorization(next),
      dispatcher: next.dispatcher,
      signal: AbortSignal.timeout(deleteMs),
    }).catch((cause: unknown) => {
      const detail =
        'The next module cannot be reached, so nothing was deleted here: try again when it is up';
      throw new ProblemError(problem('next-module-failed', 502, detail), { cause });
    });
    await body.dump();
    if (statusCode === 204 || statusCode === 404) return;
    // It is being cancelled there: what is deleted here first could not be named any more.
    if (statusCode === 202 && performance.now() < until) continue;
    const detail = `The next module does not delete the run: it answered ${statusCode}`;
    throw new ProblemError(problem('next-module-failed', 502, detail));
  }
}

/** Cancels the run in the next module: closing the connection would not. It may just be about to begin there. */
export async function cancelNext(hop: NextModule & { runId: string; attempt: number }): Promise<void> {
  const url = addressOf(hop, hop);
  url.searchParams.set('only', 'cancel');
  const until = performance.now() + cancelMs;
  while (performance.now() < until) {
    const status = await request(url, {
      method: 'DELETE',
      headers: authorization(hop),
      dispatcher: hop.dispatcher,
      signal: AbortSignal.timeout(cancelMs),
    }).then(
      async ({ statusCode, body }) => {
        await body.dump();
        return statusCode;
      },
      () => null,
    );
    if (status !== 404) return;
    await delay(100);
  }
}
