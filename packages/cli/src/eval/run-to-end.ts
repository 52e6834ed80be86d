import { setTimeout as delay } from 'node:timers/promises';
import type { Module1Input, RunResource } from '@agento/contracts';
import { bearer } from '../api-key.ts';
import type { Asking } from './asking.ts';

/** Between two questions, in milliseconds. */
const everyMs = 250;

/**
 * Posts a goal with a key and asks until its run has ended. The same key and goal again give the same run. Throws a
 * CommandError where the service refuses the goal or nobody is there, and the signal's reason.
 */
export async function runToEnd(
  input: Module1Input,
  { key, env, asking }: { key: string; env: NodeJS.ProcessEnv; asking: Asking },
): Promise<RunResource> {
  const headers = { 'content-type': 'application/json', prefer: 'respond-async', 'idempotency-key': key };
  const post = { method: 'POST', headers: { ...headers, ...bearer(env) }, body: JSON.stringify(input) };
  return untilEnd(await asking.asked('/run', post), { env, asking });
}

/** Has a run go on that had failed or was cancelled, and asks until it has ended. */
export async function resumedToEnd(
  { run_id }: RunResource,
  { env, asking }: { env: NodeJS.ProcessEnv; asking: Asking },
): Promise<RunResource> {
  const run = await asking.asked(`/runs/${run_id}/resume`, { method: 'POST', headers: bearer(env) });
  return untilEnd(run, { env, asking });
}

async function untilEnd(
  begun: RunResource,
  { env, asking }: { env: NodeJS.ProcessEnv; asking: Asking },
): Promise<RunResource> {
  let run = begun;
  while (run.state === 'queued' || run.state === 'running') {
    await delay(everyMs, undefined, { signal: asking.signal });
    run = await asking.asked(`/runs/${run.run_id}`, { headers: bearer(env) });
  }
  return run;
}
