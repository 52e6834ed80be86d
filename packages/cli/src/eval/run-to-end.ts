import { setTimeout as delay } from 'node:timers/promises';
import { limits, type Module1Input, type RunResource } from '@agento/contracts';
import { fetch, type RequestInit } from 'undici';
import { bearer } from '../api-key.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { pnpm } from '../pnpm.ts';
import { problemExitCode, remedies } from '../problem.ts';
import { elsewhere, notAgento, notReachable, problemOf } from '../run-client.ts';

/** Between two questions, in milliseconds. */
const everyMs = 250;
/** How long a service may be gone while a run of it goes on, in milliseconds: it may be restarted. */
const mostGone = 120_000;

/**
 * Posts a goal with a key and asks until its run has ended. The same key and goal again give the same run. A service
 * that is full, or gone for a while after it took the run, is asked again. Throws a CommandError where it refuses the
 * goal or nobody is there, and the signal's reason.
 */
export async function runToEnd(
  url: string,
  input: Module1Input,
  { key, env, signal }: { key: string; env: NodeJS.ProcessEnv; signal: AbortSignal },
): Promise<RunResource> {
  const headers = { 'content-type': 'application/json', prefer: 'respond-async', 'idempotency-key': key };
  const post = { method: 'POST', headers: { ...headers, ...bearer(env) }, body: JSON.stringify(input) };
  let run: RunResource | null = null;
  while (run === null) {
    run = await asked(url, '/run', { ...post, signal });
    if (run === null) await delay(everyMs, undefined, { signal });
  }
  return untilEnd(url, run, { env, signal });
}

/** Has a run go on that had failed or was cancelled, and asks until it has ended. */
export async function resumedToEnd(
  url: string,
  { run_id }: RunResource,
  { env, signal }: { env: NodeJS.ProcessEnv; signal: AbortSignal },
): Promise<RunResource> {
  let run: RunResource | null = null;
  while (run === null) {
    run = await asked(url, `/runs/${run_id}/resume`, { method: 'POST', headers: bearer(env), signal });
    if (run === null) await delay(everyMs, undefined, { signal });
  }
  return untilEnd(url, run, { env, signal });
}

async function untilEnd(
  url: string,
  begun: RunResource,
  { env, signal }: { env: NodeJS.ProcessEnv; signal: AbortSignal },
): Promise<RunResource> {
  let run = begun;
  let answered = Date.now();
  while (run.state === 'queued' || run.state === 'running') {
    await delay(everyMs, undefined, { signal });
    try {
      run = (await asked(url, `/runs/${run.run_id}`, { headers: bearer(env), signal })) ?? run;
      answered = Date.now();
    } catch (error) {
      const isGone = error instanceof CommandError && error.exitCode === exitCodes.notFound;
      if (!isGone || Date.now() - answered > mostGone) throw error;
    }
  }
  return run;
}

/** The run as the service tells it; null while it is full. */
async function asked(url: string, path: string, how: RequestInit): Promise<RunResource | null> {
  const response = await fetch(url + path, { ...how, redirect: 'manual' }).catch((error: unknown) => {
    if (how.signal?.aborted) throw error;
    throw notReachable(url, error);
  });
  if (response.status >= 300 && response.status < 400) throw elsewhere(url, response.status);
  const text = await response.text();
  if (response.ok) return runIn(text, url);
  const problem = problemOf(text.slice(0, limits.body), response.status, url);
  if (problem.status === 503) return null;
  throw new CommandError(
    problemExitCode(problem),
    `${problem.title} (${problem.status}): ${problem.detail}`,
    remedies[problem.status] ?? `\`${pnpm} agento doctor\` checks the model and everything else.`,
  );
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
