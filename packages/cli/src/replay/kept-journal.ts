import { matches, RunJournal } from '@agento/contracts';
import type { KeptJournal } from '@agento/evidence';
import { fetch } from 'undici';
import { bearer } from '../api-key.ts';

/** How long the services may take to give it, in milliseconds. */
const patienceMs = 30_000;

/** What the services at the address recorded of the run's first attempt; null where they do not have it, or cannot be asked. */
export async function keptJournal(
  url: string,
  runId: string,
  env: NodeJS.ProcessEnv,
): Promise<KeptJournal | null> {
  const answer = await fetch(`${url}/runs/${runId}/journal?attempt=1`, {
    headers: bearer(env),
    redirect: 'manual',
    signal: AbortSignal.timeout(patienceMs),
  })
    .then((response) => (response.ok ? response.json() : null))
    .catch(() => null);
  if (!matches(RunJournal, answer)) return null;
  const { goal, context } = answer;
  const calls: KeptJournal['calls'] = [];
  for (let at: unknown = answer; matches(RunJournal, at); at = at.later) {
    const attempt = at.run_attempt;
    calls.push(...at.calls.map((call) => ({ attempt, call })));
  }
  return { goal, ...(context !== undefined && { context }), calls };
}
