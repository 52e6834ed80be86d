import {
  EnvironmentError,
  modelVariables,
  type Proxies,
  readEnvironment,
  readProxies,
} from '@agento/contracts';
import { loadPrices, type Prices } from './cost.ts';

/** What every call is sent with, unless its step is asked with other ones. */
export interface CallSettings {
  temperature: number | null;
  seed: number | null;
  /** Token limit of every answer; null: depending on the step. */
  maxTokens: number | null;
}

/** How models are called: from the environment, checked. */
export interface ModelSettings extends CallSettings {
  apiKey: string;
  baseUrl: string;
  /** The model of an agent; the default model if it has none of its own. */
  modelOf(agentName: string): string;
  /** `gen_ai.provider.name` unless an answer names another. */
  provider: string;
  /** True if the environment named the provider: answers then do not override it. */
  providerFixed: boolean;
  /** Whether the first request to the endpoint uses a schema for the call alone. */
  callSchema: boolean;
  concurrency: number;
  timeoutMs: number;
  retries: number;
  /** Size limit of an answer in bytes, after decompression. */
  maxAnswerBytes: number;
  webSearch: boolean;
  searchModel: string;
  prices: Prices;
  /** Null: the endpoint is reached without a proxy. */
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
      'OPENAI_API_KEY is not set: set it, or point OPENAI_BASE_URL at an OpenAI-compatible endpoint (`start` brings an offline model)',
    ]);
  }
  const provider = values.AGENTO_PROVIDER || providerOf(new URL(baseUrl).hostname);
  return {
    // A private endpoint may need no key, but the client insists on one.
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

/**
 * These compile each new schema, which takes seconds, and cache it: a schema that differs in every call defeats the
 * cache.
 */
const compilesSchemas = new Set(['openai', 'azure.ai.openai']);

/** The GenAI conventions' name for a well-known host; the host itself for any other. */
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
