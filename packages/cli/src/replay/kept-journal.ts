import { matches, RunJournal } from '@agento/contracts';
import type { KeptJournal, RecordedRun } from '@agento/evidence';
import { fetch } from 'undici';
import { bearer } from '../api-key.ts';

/** How long the services may take to give it, in milliseconds. */
const patienceMs = 30_000;

/**
 * What the services at the address recorded of the run, in each attempt that its modules worked in; null where they do not
 * have it, or cannot be asked.
 */
export async function keptJournal(
  url: string,
  { run_id, modules }: Pick<RecordedRun, 'run_id'> & { modules: { attempt: number }[] },
  env: NodeJS.ProcessEnv,
): Promise<KeptJournal | null> {
  const attempts = [...new Set(modules.map(({ attempt }) => attempt))];
  const answers = await Promise.all(attempts.map((attempt) => journalOf(url, run_id, attempt, env)));
  const parts = answers.flatMap(partsOf);
  // Only the first module was told the goal by the caller.
  const first = parts.find(({ module }) => module === 1);
  if (!first) return null;
  const { goal, context } = first;
  return {
    goal,
    ...(context !== undefined && { context }),
    calls: parts.flatMap(({ run_attempt, calls }) => calls.map((call) => ({ attempt: run_attempt, call }))),
  };
}

async function journalOf(
  url: string,
  runId: string,
  attempt: number,
  env: NodeJS.ProcessEnv,
): Promise<unknown> {
  return fetch(`${url}/runs/${runId}/journal?attempt=${attempt}`, {
    headers: bearer(env),
    redirect: 'manual',
    signal: AbortSignal.timeout(patienceMs),
  })
    .then((response) => (response.ok ? response.json() : null))
    .catch(() => null);
}

/** A module's journal and those of the modules after it. */
function partsOf(answer: unknown): RunJournal[] {
  const parts: RunJournal[] = [];
  for (let at = answer; matches(RunJournal, at); at = at.later) parts.push(at);
  return parts;
}
