import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunResource } from '@agento/contracts';

/** Between two questions of a caller, in milliseconds. */
const everyMs = 300;

/** A run as its caller learned of it. */
export interface KnownRun {
  goal: string;
  runId: string;
  /** As it ended; null if it was given up. */
  end: RunResource | null;
}

/**
 * Posts a goal and asks until the run has ended. Whoever is gone or full is asked again: a caller with a key can.
 *
 * @param givenUp aborted when the end is not to be waited for any longer
 * @throws if it is refused, or forgotten after it was accepted
 */
export async function follow(url: string, goal: string, givenUp: AbortSignal): Promise<KnownRun> {
  const headers = {
    'content-type': 'application/json',
    prefer: 'respond-async',
    'idempotency-key': randomUUID(),
  };
  const body = JSON.stringify({ goal });
  const accepted = await insist(() => ask(`${url}/run`, { method: 'POST', headers, body }), givenUp);
  if (accepted === null) return { goal, runId: '', end: null };
  const end = await insist(async () => {
    const run = await ask(`${url}/runs/${accepted.run_id}`);
    return run?.state === 'queued' || run?.state === 'running' ? null : run;
  }, givenUp);
  return { goal, runId: accepted.run_id, end };
}

/** Null if nobody answers, or nobody can at the moment. */
async function ask(url: string, how: RequestInit = {}): Promise<RunResource | null> {
  let answer: { status: number; text: string };
  try {
    const response = await fetch(url, how);
    answer = { status: response.status, text: await response.text() };
  } catch {
    return null;
  }
  if (answer.status === 503) return null;
  if (answer.status >= 300) throw new Error(`${url} answered ${answer.status}: ${answer.text}`);
  return JSON.parse(answer.text) as RunResource;
}

/** Tries until it is given something, or is to give up. */
async function insist<T>(attempt: () => Promise<T | null>, givenUp: AbortSignal): Promise<T | null> {
  while (!givenUp.aborted) {
    const found = await attempt();
    if (found !== null) return found;
    await delay(everyMs);
  }
  return null;
}
