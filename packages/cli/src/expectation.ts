import { globSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { EnvironmentError, type Module1Input, readEnvironment, serviceVariables } from '@agento/contracts';
import { isSet, root } from './environment.ts';
import { estimateRun, estimateText, type PromptSize } from './estimate.ts';

/**
 * The estimated duration and cost of a run with this environment, in a sentence; null if unknown: with the offline model,
 * or a model without a price.
 */
export async function expectationOf(input: Module1Input, env: NodeJS.ProcessEnv): Promise<string | null> {
  if (!isSet(env, 'OPENAI_API_KEY') && !isSet(env, 'OPENAI_BASE_URL')) return null;
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
    const text = estimateText(estimate);
    return text && webSearch ? `${text}; web searches are extra` : text;
  } catch (error) {
    // The services are running, so their environment must differ from this one.
    if (error instanceof EnvironmentError) return null;
    throw error;
  }
}

/** The prompts of this checkout, including their parts. */
export async function promptSizes(): Promise<PromptSize[]> {
  const { loadPrompt } = await import('@agento/agent');
  return globSync('services/module*/prompts/*.md', { cwd: root })
    .sort()
    .map((file) => {
      const { agent, text } = loadPrompt(pathToFileURL(path.join(root, file)));
      return { module: Number(/module(\d+)/.exec(file)?.[1]), agent, bytes: Buffer.byteLength(text) };
    });
}
