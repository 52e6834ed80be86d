import { setTimeout as delay } from 'node:timers/promises';
import { limits, type RunResource } from '@agento/contracts';
import { fetch, type RequestInit } from 'undici';
import { CommandError } from '../exit-codes.ts';
import { agento } from '../invocation.ts';
import { problemExitCode, remedies } from '../problem.ts';
import { elsewhere, notAgento, notReachable, problemOf } from '../run-client.ts';
import { duration, oneLine } from '../terminal.ts';

/** Shortest and longest wait before the same is asked again, in milliseconds. */
const [leastWait, mostWait] = [250, 30_000];
/** How long a service that has answered before may be gone, in milliseconds: it may be restarted. */
const mostGone = 120_000;
/** After so long without an answer the user is told, in milliseconds. */
const toldAfter = 5_000;

/** Asks one service for the length of an eval. */
export interface Asking {
  signal: AbortSignal;
  /**
   * The run as the service tells it. A service that is full is asked again, as late as it says; so is one that is gone,
   * or behind a gateway that does not reach it, for a while if it has answered before. Throws a CommandError for any
   * other refusal, and the signal's reason.
   */
  asked(path: string, how: RequestInit): Promise<RunResource>;
  /** Whether it has taken a run. */
  hasAnswered(): boolean;
}

/** @param say is told, in a line, when the service has not answered for a while */
export function askingAt(url: string, signal: AbortSignal, say: (line: string) => void): Asking {
  let answered: number | null = null;
  return {
    signal,
    hasAnswered: () => answered !== null,
    async asked(path, how) {
      const since = Date.now();
      let isTold = false;
      for (;;) {
        const answer = await once(url + path, url, { ...how, signal });
        if (answer instanceof Later) {
          const gone = Date.now() - (answered ?? 0);
          if (!answer.isFull && gone > mostGone) throw answer.error;
          if (!isTold && Date.now() - since > toldAfter) {
            isTold = true;
            say(`${oneLine(answer.error.message)} It is asked again, since ${duration(Date.now() - since)}.`);
          }
          await delay(answer.waitMs, undefined, { signal });
          continue;
        }
        answered = Date.now();
        return answer;
      }
    },
  };
}

/** No answer now, perhaps another time. */
class Later {
  readonly error: CommandError;
  readonly isFull: boolean;
  readonly waitMs: number;
  constructor(error: CommandError, isFull: boolean, waitMs = leastWait) {
    this.error = error;
    this.isFull = isFull;
    this.waitMs = waitMs;
  }
}

async function once(place: string, url: string, how: RequestInit): Promise<RunResource | Later> {
  let text: string;
  let response: Awaited<ReturnType<typeof fetch>>;
  try {
    response = await fetch(place, { ...how, redirect: 'manual' });
    text = await response.text();
  } catch (error) {
    if (how.signal?.aborted) throw error;
    return new Later(notReachable(url, error), false);
  }
  const { status, ok } = response;
  if (status >= 300 && status < 400) throw elsewhere(url, status);
  if (ok) return runIn(text, url);
  const problem = problemOf(text.slice(0, limits.body), status, url);
  const error = new CommandError(
    problemExitCode(problem),
    `${problem.title} (${problem.status}): ${problem.detail}`,
    remedies[problem.status] ?? `\`${agento} doctor\` checks the model and everything else.`,
  );
  // Full for another run: that may last. Of a run that it has taken it can always tell.
  if (status === 503 || status === 429)
    return new Later(error, how.method === 'POST', waitOf(response.headers));
  if (status === 502 || status === 504) return new Later(error, false);
  throw error;
}

/** What Retry-After asks for, within bounds. */
function waitOf(headers: { get(name: string): string | null }): number {
  const header = headers.get('retry-after') ?? '';
  const wait = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Math.min(mostWait, Math.max(leastWait, Number.isNaN(wait) ? 0 : wait));
}

function runIn(text: string, url: string): RunResource {
  try {
    const run = JSON.parse(text) as Partial<RunResource> | null;
    if (typeof run?.run_id === 'string' && typeof run.state === 'string') return run as RunResource;
  } catch {
    // Below.
  }
  throw notAgento(url);
}
