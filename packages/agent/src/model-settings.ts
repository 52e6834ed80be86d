import {
  EnvironmentError,
  modelVariables,
  type Proxies,
  readEnvironment,
  readProxies,
} from '@agento/contracts';
import { loadPrices, type Prices } from './cost.ts';

/** How models are asked: from the environment, checked. */
export interface ModelSettings {
  apiKey: string;
  baseUrl: string;
  /** Model of an agent by its name; the default model where it has none of its own. */
  modelOf(agentName: string): string;
  /** `gen_ai.provider.name` until an answer says otherwise. */
  provider: string;
  /** True when the environment named the provider: answers then do not. */
  providerFixed: boolean;
  temperature: number | null;
  seed: number | null;
  /** Most tokens of every answer; null: by step. */
  maxTokens: number | null;
  /** Whether the endpoint is first asked by a schema of each call's own. */
  callSchema: boolean;
  concurrency: number;
  timeoutMs: number;
  retries: number;
  /** Most bytes of an answer, decompressed. */
  maxAnswerBytes: number;
  webSearch: boolean;
  searchModel: string;
  prices: Prices;
  /** Null: the endpoint is reached without. */
  proxies: Proxies | null;
}

const agentVariable = (agentName: string) =>
  `AGENTO_MODEL_${agentName.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()}`;

/** Reads the model's variables; throws an EnvironmentError that names each wrong one. */
export function readModelSettings(env: NodeJS.ProcessEnv): ModelSettings {
  const values = readEnvironment(modelVariables, env);
  const baseUrl = values.OPENAI_BASE_URL ?? 'https://api.openai.com/v1';
  if (!values.OPENAI_API_KEY && !values.OPENAI_BASE_URL) {
    throw new EnvironmentError([
      'OPENAI_API_KEY is not set: set it, or point OPENAI_BASE_URL at an OpenAI-compatible endpoint (`pnpm start` brings an offline model)',
    ]);
  }
  const provider = values.AGENTO_PROVIDER || providerOf(new URL(baseUrl).hostname);
  return {
    // An endpoint of one's own may need no key, but the client insists on one.
    apiKey: values.OPENAI_API_KEY || 'none',
    baseUrl,
    modelOf: (agentName) => env[agentVariable(agentName)]?.trim() || values.AGENTO_MODEL,
    provider,
    providerFixed: values.AGENTO_PROVIDER !== '',
    temperature: values.AGENTO_TEMPERATURE,
    seed: values.AGENTO_SEED,
    maxTokens: values.AGENTO_MAX_TOKENS,
    callSchema:
      values.AGENTO_CALL_SCHEMA === 'on' ||
      (values.AGENTO_CALL_SCHEMA === 'auto' && !compilesSchemas.has(provider)),
    concurrency: values.AGENTO_LLM_CONCURRENCY,
    timeoutMs: values.AGENTO_LLM_TIMEOUT_MS,
    retries: values.AGENTO_LLM_RETRIES,
    maxAnswerBytes: values.AGENTO_MAX_ANSWER_BYTES,
    webSearch: values.AGENTO_SEARCH === 'openai',
    searchModel: values.AGENTO_SEARCH_MODEL,
    prices: loadPrices(env.AGENTO_PRICES),
    proxies: readProxies(env),
  };
}

/** They compile each new schema, which takes seconds, and keep it: one that differs with every call is never kept. */
const compilesSchemas = new Set(['openai', 'azure.ai.openai']);

/** The GenAI convention's name of well-known hosts; the host itself for any other. */
const providers: [RegExp, string][] = [
  [/(^|\.)openai\.com$/, 'openai'],
  [/\.openai\.azure\.com$/, 'azure.ai.openai'],
  [/(^|\.)anthropic\.com$/, 'anthropic'],
  [/(^|\.)googleapis\.com$/, 'gcp.gemini'],
  [/(^|\.)mistral\.ai$/, 'mistral_ai'],
  [/(^|\.)groq\.com$/, 'groq'],
  [/(^|\.)deepseek\.com$/, 'deepseek'],
  [/(^|\.)x\.ai$/, 'x_ai'],
  [/(^|\.)perplexity\.ai$/, 'perplexity'],
];

function providerOf(host: string): string {
  return providers.find(([pattern]) => pattern.test(host))?.[1] ?? host;
}
