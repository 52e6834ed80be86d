import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  commandVariables,
  EnvironmentError,
  modelVariables,
  offlineVariables,
  readEnvironment,
  serviceVariables,
} from '@agento/contracts';
import { anonymousProblem } from '@agento/edge';
import { whyNot } from '@agento/files';
import { home } from '@agento/files/home';
import { readTelemetryEnvironment } from '@agento/tracing/variables';
import { isSet } from './environment.ts';

/**
 * Reads what every process of a system will read of the environment, before any is started. Throws one
 * EnvironmentError that names every invalid variable; otherwise the processes would fail one by one.
 */
export async function checkEnvironment(given: NodeJS.ProcessEnv): Promise<void> {
  const env = { ...given };
  const tables = { ...serviceVariables, ...modelVariables, ...commandVariables, ...offlineVariables };
  const readers: (() => unknown)[] = [
    () => readEnvironment(tables, env),
    () => readTelemetryEnvironment(env),
    () => checkAnonymous(env),
    () => checkPrices(env),
    () => checkGuardrails(env),
  ];
  const problems = new Set<string>();
  for (const read of readers) {
    for (let found = await problemsOf(read); found.some((problem) => !problems.has(problem)); ) {
      for (const problem of found) {
        problems.add(problem);
        // A reader stops at the first variable that hides others: without it, the reader reports the rest.
        delete env[/^\w+/.exec(problem)?.[0] ?? ''];
      }
      found = await problemsOf(read);
    }
  }
  if (problems.size > 0) throw new EnvironmentError([...problems]);
}

async function problemsOf(read: () => unknown): Promise<string[]> {
  try {
    await read();
    return [];
  } catch (error) {
    if (error instanceof EnvironmentError) return error.problems;
    throw error;
  }
}

function checkAnonymous(env: NodeJS.ProcessEnv): void {
  const { AGENTO_HOST, AGENTO_API_KEYS, AGENTO_HOP_KEY, AGENTO_ALLOW_ANONYMOUS } = serviceVariables;
  const problem = anonymousProblem(
    readEnvironment({ AGENTO_HOST, AGENTO_API_KEYS, AGENTO_HOP_KEY, AGENTO_ALLOW_ANONYMOUS }, env),
  );
  if (problem) throw new EnvironmentError([`${problem.found}: ${problem.remedy}`]);
}

async function checkPrices(env: NodeJS.ProcessEnv): Promise<void> {
  if (!isSet(env, 'AGENTO_PRICES')) return;
  let prices = env.AGENTO_PRICES?.trim() ?? '';
  if (!prices.startsWith('{')) {
    // Where the services run.
    const file = path.resolve(home, prices);
    prices = await readFile(file, 'utf8').catch((error) => {
      throw new EnvironmentError([
        `AGENTO_PRICES: must be JSON or a file of it; ${file} cannot be read: ${whyNot(error)}`,
      ]);
    });
  }
  // Loaded on demand: the model client takes half a second.
  const { readModelSettings } = await import('@agento/agent');
  readModelSettings({ OPENAI_API_KEY: 'none', AGENTO_PRICES: prices.trim() });
}

async function checkGuardrails(env: NodeJS.ProcessEnv): Promise<void> {
  if (!isSet(env, 'AGENTO_GUARDRAILS')) return;
  const { guardrailsOfFile } = await import('@agento/guardrails');
  guardrailsOfFile(env.AGENTO_GUARDRAILS?.trim() ?? '', home);
}
