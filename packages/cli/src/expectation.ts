import { globSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { EnvironmentError, type Module1Input, readEnvironment, serviceVariables } from '@agento/contracts';
import { root } from '@agento/files/home';
import { isSet } from './environment.ts';
import { type Estimate, estimateRun, estimateText, type PromptSize } from './estimate.ts';

/**
 * The estimated duration and cost of a run with this environment, in a sentence; null if unknown: with the offline model,
 * or a model without a price.
 */
export async function expectationOf(input: Module1Input, env: NodeJS.ProcessEnv): Promise<string | null> {
  const estimated = await estimateFor(input, env);
  const text = estimated && estimateText(estimated.estimate);
  return text && estimated.webSearch ? `${text}; web searches are extra` : text;
}

/** Whether this environment has a model that may cost something; without one `start` brings up the offline model. */
export function hasRealModel(env: NodeJS.ProcessEnv): boolean {
  return isSet(env, 'OPENAI_API_KEY') || isSet(env, 'OPENAI_BASE_URL');
}

/** The estimate of a run with this environment; null with the offline model, and where the environment is not sound. */
export async function estimateFor(
  input: Module1Input,
  env: NodeJS.ProcessEnv,
): Promise<{ estimate: Estimate; webSearch: boolean } | null> {
  if (!hasRealModel(env)) return null;
  try {
    // Loaded only for a paid model: the client takes half a second.
    const { readModelSettings } = await import('@agento/agent');
    const { modelOf, provider, prices, concurrency, webSearch } = readModelSettings(env);
    const { AGENTO_MAX_ATTEMPTS } = serviceVariables;
    const estimate = estimateRun(input, await promptSizes(), {
      attempts: readEnvironment({ AGENTO_MAX_ATTEMPTS }, env).AGENTO_MAX_ATTEMPTS,
      concurrency,
      priceOf: (agent, tokens) => prices(modelOf(agent), provider, tokens)?.usd ?? null,
    });
    return { estimate, webSearch };
  } catch (error) {
    // The services are running, so their environment must differ from this one.
    if (error instanceof EnvironmentError) return null;
    throw error;
  }
}

/** The prompts of this checkout, including their parts. */
export async function promptSizes(): Promise<PromptSize[]> {
  return (await prompts()).map(({ module, agent, text }) => ({
    module,
    agent,
    bytes: Buffer.byteLength(text),
  }));
}

/** Each prompt of this checkout by its hash. */
export async function promptVersions(): Promise<string[]> {
  return (await prompts()).map(({ agent, sha256 }) => `${agent} ${sha256}`);
}

async function prompts() {
  const { loadPrompt } = await import('@agento/agent');
  return globSync('services/module*/prompts/*.md', { cwd: root })
    .sort()
    .map((file) => ({
      module: Number(/module(\d+)/.exec(file)?.[1]),
      ...loadPrompt(pathToFileURL(path.join(root, file))),
    }));
}
