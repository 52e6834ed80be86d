import { resolve } from 'node:path';
import {
  EnvironmentError,
  type ModuleInfo,
  type RunLimits,
  readEnvironment,
  serviceVariables,
  type Values,
} from '@agento/contracts';
import { anonymousProblem } from '@agento/edge';
import type { About } from '@agento/evidence-api';
import { home } from '@agento/files/home';
import { type Guardrails, guardrailsOfFile } from '@agento/guardrails';

/** A service's settings, from the environment. */
export interface ServiceSettings {
  host: string;
  port: number;
  /** Host names it answers to beside loopback names and its own address. */
  allowedHosts: string[];
  /** Keys of callers; none: with no hop key either, everybody may call. */
  apiKeys: string[];
  /** Key of the module before, and for the module after. */
  hopKey: string | null;
  nextUrl: string | null;
  dataDir: string;
  /** Where the page reads the evidence: a folder, or Jaeger. */
  evidence: About['place'];
  /** Where a browser finds Jaeger; null: where the evidence is, if that is Jaeger. */
  jaegerUi: string | null;
  runTimeoutMs: number;
  /** Runs this module works on at once. */
  maxRuns: number;
  /** Runs accepted beyond these, which wait for their turn or for the modules after. */
  maxQueued: number;
  maxQueueSeconds: number;
  /** How long the next module may be gone or full before a run fails. */
  hopWaitMs: number;
  /** Address of the Postgres database that keeps the runs; null: a folder below dataDir does. */
  databaseUrl: string | null;
  retention: { olderThanMs: number | null; moreThanBytes: number | null };
  maxAttempts: number;
  /** Of runs whose input does not set them. */
  limits: RunLimits;
  /** What answers have to pass; null: nothing beside their schemas. */
  guardrails: Guardrails | null;
  logLevel: string;
}

/** Reads and checks a service's variables; throws an EnvironmentError that names each wrong one. */
export function readServiceSettings(info: ModuleInfo, env: NodeJS.ProcessEnv): ServiceSettings {
  const values = readEnvironment(serviceVariables, env);
  const problem = anonymousProblem(values);
  if (problem) throw new EnvironmentError([`${problem.found}: ${problem.remedy}`]);
  const dataDir = resolve(home, values.AGENTO_DATA_DIR);
  return {
    host: values.AGENTO_HOST,
    port: values.PORT ?? info.port,
    allowedHosts: values.AGENTO_ALLOWED_HOSTS,
    apiKeys: values.AGENTO_API_KEYS,
    hopKey: values.AGENTO_HOP_KEY,
    nextUrl: values.AGENTO_NEXT_URL,
    dataDir,
    evidence: evidenceOf(values, dataDir),
    jaegerUi: values.AGENTO_JAEGER_UI,
    runTimeoutMs: values.AGENTO_RUN_TIMEOUT_MS,
    maxRuns: values.AGENTO_MAX_RUNS,
    maxQueued: values.AGENTO_MAX_QUEUED_RUNS,
    maxQueueSeconds: values.AGENTO_MAX_QUEUE_SECONDS,
    hopWaitMs: values.AGENTO_HOP_WAIT_MS,
    databaseUrl: values.AGENTO_DATABASE_URL,
    retention: {
      olderThanMs: values.AGENTO_RETENTION_DAYS === null ? null : values.AGENTO_RETENTION_DAYS * 86_400_000,
      moreThanBytes: values.AGENTO_RETENTION_MB === null ? null : values.AGENTO_RETENTION_MB * 1_048_576,
    },
    maxAttempts: values.AGENTO_MAX_ATTEMPTS,
    limits: {
      ...(values.AGENTO_LIMIT_CALLS !== null && { calls: values.AGENTO_LIMIT_CALLS }),
      ...(values.AGENTO_LIMIT_TOKENS !== null && { tokens: values.AGENTO_LIMIT_TOKENS }),
      ...(values.AGENTO_LIMIT_USD !== null && { usd: values.AGENTO_LIMIT_USD }),
      ...(values.AGENTO_LIMIT_SECONDS !== null && { seconds: values.AGENTO_LIMIT_SECONDS }),
    },
    guardrails: guardrailsOfFile(values.AGENTO_GUARDRAILS, home),
    logLevel: values.LOG_LEVEL,
  };
}

function evidenceOf(
  {
    AGENTO_EVIDENCE: given,
    AGENTO_JAEGER_AUTHORIZATION: authorization,
  }: Pick<Values<typeof serviceVariables>, 'AGENTO_EVIDENCE' | 'AGENTO_JAEGER_AUTHORIZATION'>,
  dataDir: string,
): About['place'] {
  if (given === '') return dataDir;
  if (!/^https?:\/\//.test(given)) return resolve(home, given);
  return { url: given.replace(/\/+$/, ''), ...(authorization !== '' && { authorization }) };
}
