import {
  choice,
  flag,
  hostNames,
  integer,
  keys,
  optionalDatabaseUrl,
  optionalInteger,
  optionalKey,
  optionalNumber,
  optionalUrl,
  text,
} from './environment.ts';
import { proxyVariables } from './proxies.ts';

/**
 * Variables of every service. The default of PORT depends on the module (chain.ts). Telemetry's are in @agento/tracing.
 */
export const serviceVariables = {
  AGENTO_HOST: text('127.0.0.1', 'Address to listen on'),
  PORT: optionalInteger([0, 65535], 'TCP port to listen on; unset: 3000 plus the number of the module'),
  AGENTO_ALLOWED_HOSTS: hostNames(
    'Host names the service answers to, besides loopback names and its own address: comma-separated name or name:port',
  ),
  AGENTO_API_KEYS: keys(
    'Keys that callers send as `authorization: Bearer …`, comma-separated; unset: no key required',
  ),
  AGENTO_HOP_KEY: optionalKey('Key that a module sends to the next module and accepts from the previous one'),
  AGENTO_ALLOW_ANONYMOUS: flag(false, 'true: listen beyond loopback without any key'),
  AGENTO_NEXT_URL: optionalUrl('URL of the next module; unset: this is the last module'),
  AGENTO_DATA_DIR: text('data', 'Folder for outputs, traces and the spool; relative to the repository'),
  AGENTO_RUN_TIMEOUT_MS: integer(1_800_000, [1, 86_400_000], 'Time limit of a whole run, in milliseconds'),
  AGENTO_DATABASE_URL: optionalDatabaseUrl(
    'Postgres that keeps the runs, shared by all replicas: postgres://user:password@host:5432/name; unset: AGENTO_DATA_DIR keeps them, for one process a module',
  ),
  AGENTO_MAX_RUNS: integer(64, [1, 10_000], 'Runs a service works on at once'),
  AGENTO_MAX_QUEUED_RUNS: integer(
    16,
    [0, 100_000],
    'Runs a service accepts beyond these, which wait for their turn or for the modules after; more get 503',
  ),
  AGENTO_MAX_QUEUE_SECONDS: integer(
    60,
    [1, 86_400],
    'While a run has been waiting for its turn for longer, new ones get 503',
  ),
  AGENTO_HOP_WAIT_MS: integer(
    60_000,
    [0, 86_400_000],
    'How long the next module may be gone or full before a run fails, in milliseconds',
  ),
  AGENTO_RETENTION_DAYS: optionalInteger(
    [1, 36_500],
    'Runs that ended so long ago are deleted, with their files; unset: none is',
  ),
  AGENTO_RETENTION_MB: optionalInteger(
    [1, 100_000_000],
    'While the runs of a module take more room, in MiB, the oldest that have ended are deleted; unset: none is',
  ),
  AGENTO_MAX_ATTEMPTS: integer(2, [1, 10], 'Attempts at one revision in module 5'),
  AGENTO_LIMIT_CALLS: optionalInteger(
    [1, 1_000_000],
    'Most model calls of a run whose input has no limits.calls; unset: no limit',
  ),
  AGENTO_LIMIT_TOKENS: optionalInteger(
    [1, 1_000_000_000],
    'Most tokens of a run whose input has no limits.tokens; unset: no limit',
  ),
  AGENTO_LIMIT_USD: optionalNumber(
    [0.000_001, 1_000_000],
    'Most US dollars of a run whose input has no limits.usd; needs models with a known price; unset: no limit',
  ),
  AGENTO_LIMIT_SECONDS: optionalInteger(
    [1, 86_400],
    'Longest duration of a run whose input has no limits.seconds; unset: AGENTO_RUN_TIMEOUT_MS alone',
  ),
  AGENTO_GUARDRAILS: text(
    '',
    'File of guardrails that answers have to pass, YAML or JSON; relative to the repository; unset: none',
  ),
  AGENTO_EVIDENCE: text(
    '',
    'Where module 1’s page reads traces: a folder, or the address of Jaeger; unset: AGENTO_DATA_DIR',
  ),
  AGENTO_JAEGER_UI: optionalUrl(
    'Address of Jaeger for a browser, which module 1’s page links to; unset: AGENTO_EVIDENCE’s, if it is Jaeger',
  ),
  AGENTO_JAEGER_AUTHORIZATION: text(
    '',
    'The authorization header for Jaeger, of --jaeger and of module 1’s page, where what stands before it asks for one: Bearer … or Basic …',
  ),
  LOG_LEVEL: choice(
    'info',
    ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
    'Lowest log level',
  ),
  ...proxyVariables,
};

/** Variables of the model client; `AGENTO_MODEL_<AGENT>` (e.g. AGENTO_MODEL_ITEM_EVALUATOR) comes on top. */
export const modelVariables = {
  OPENAI_API_KEY: text(
    '',
    'Key for the model; unset, and no OPENAI_BASE_URL: `start` runs the offline model',
  ),
  OPENAI_BASE_URL: optionalUrl(
    'Any OpenAI-compatible endpoint, including its /v1; unset: https://api.openai.com/v1',
  ),
  AGENTO_MODEL: text('gpt-5-mini', 'Model for all agents without their own'),
  AGENTO_PROVIDER: text('', 'gen_ai.provider.name; unset: taken from the answers or the endpoint’s host'),
  AGENTO_TEMPERATURE: optionalNumber(
    [0, 2],
    'Sampling temperature; unset: not sent (newer models refuse it)',
  ),
  AGENTO_SEED: optionalInteger([0, 2 ** 31], 'Sampling seed; unset: not sent'),
  AGENTO_MAX_TOKENS: optionalInteger(
    [1, 10_000_000],
    'Token limit per answer, including hidden reasoning; unset: 4096 to 16384 depending on the step',
  ),
  AGENTO_CALL_SCHEMA: choice(
    'auto',
    ['auto', 'on', 'off'],
    'Each call sends a JSON schema with its own ids in it: auto does so for all providers but openai and azure.ai.openai, which compile each schema',
  ),
  AGENTO_LLM_CONCURRENCY: integer(32, [1, 1000], 'Concurrent model calls per service'),
  AGENTO_LLM_TIMEOUT_MS: integer(
    120_000,
    [1, 3_600_000],
    'Time limit of a model call including retries, in milliseconds; restarts when an earlier call is answered',
  ),
  AGENTO_LLM_RETRIES: integer(
    2,
    [0, 10],
    'Retries of a model call after 408, 409, 5xx, a lost connection or a response without a completion',
  ),
  AGENTO_MAX_ANSWER_BYTES: integer(
    8_388_608,
    [4_096, 268_435_456],
    'Size limit of a model’s answer in bytes, after decompression; a larger one is rejected and not retried',
  ),
  AGENTO_PRICES: text(
    '',
    'Your own prices, which override the maintained list: JSON {"model": {"input": 1.25, "output": 10}} in USD per million tokens, or a file with it',
  ),
  AGENTO_SEARCH: choice(
    'model',
    ['model', 'openai'],
    'SearchAgent uses the model’s own knowledge, or the provider’s web search as a tool',
  ),
  AGENTO_SEARCH_MODEL: text(
    'gpt-5-search-api',
    'Model that answers the web search tool (AGENTO_SEARCH=openai)',
  ),
};

/** Variables of the command line. */
export const commandVariables = {
  AGENTO_API_KEY: optionalKey(
    'Key that the command line sends to the services: one of their AGENTO_API_KEYS',
  ),
  PHOENIX_API_KEY: optionalKey('Key that `agento annotate` sends to Phoenix, where that asks for one'),
  LANGFUSE_PUBLIC_KEY: optionalKey('Public key of the project in Langfuse that `agento annotate` sends to'),
  LANGFUSE_SECRET_KEY: optionalKey('Secret key of that project'),
};

/** Variables of the offline model. */
export const offlineVariables = {
  AGENTO_OFFLINE_PORT: integer(4010, [0, 65535], 'Port of the offline model'),
  AGENTO_OFFLINE_LATENCY_MS: integer(
    0,
    [0, 600_000],
    'Delay before each answer of the offline model, in milliseconds',
  ),
  AGENTO_OFFLINE_LEDGER: flag(
    false,
    'true: the offline model keeps account of every request, in memory, at /offline/ledger',
  ),
};
