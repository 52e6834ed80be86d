import { matches, RunJournal } from '@agento/contracts';
import type { KeptJournal, RecordedRun } from '@agento/evidence';
import { fetch } from 'undici';
import { bearer } from '../api-key.ts';

/** How long the services may take to give it, in milliseconds. */
const patienceMs = 30_000;

/**
 * What the services at the address recorded of the run, in each attempt that its modules worked in; where they do not give
 * it, why not: a part of a sentence.
 */
export async function keptJournal(
  url: string,
  { run_id, modules }: Pick<RecordedRun, 'run_id'> & { modules: { attempt: number }[] },
  env: NodeJS.ProcessEnv,
): Promise<KeptJournal | { why: string }> {
  const attempts = [...new Set(modules.map(({ attempt }) => attempt))];
  const answers = await Promise.all(attempts.map((attempt) => journalOf(url, run_id, attempt, env)));
  const parts = answers.flatMap((answer) => ('why' in answer ? [] : partsOf(answer.value)));
  // Only the first module was told the goal by the caller.
  const first = parts.find(({ module }) => module === 1);
  if (!first) {
    const refused = answers.find((answer) => 'why' in answer);
    return { why: refused?.why ?? `what answers at ${url} has no journals of runs` };
  }
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
): Promise<{ value: unknown } | { why: string }> {
  try {
    const response = await fetch(`${url}/runs/${runId}/journal?attempt=${attempt}`, {
      headers: bearer(env),
      redirect: 'manual',
      signal: AbortSignal.timeout(patienceMs),
    });
    if (response.ok) return { value: await response.json() };
    if (response.status === 401) return { why: `the services at ${url} want a key: set AGENTO_API_KEY` };
    if (response.status === 404) return { why: `the services at ${url} do not know the run` };
    return { why: `the services at ${url} answered ${response.status} when asked for the run's journal` };
  } catch {
    return { why: `no services answer at ${url} that could have it in the run's journal` };
  }
}

/** A module's journal and those of the modules after it. */
function partsOf(answer: unknown): RunJournal[] {
  const parts: RunJournal[] = [];
  for (let at = answer; matches(RunJournal, at); at = at.later) parts.push(at);
  return parts;
}
