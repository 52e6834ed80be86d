import { resolve } from 'node:path';
import { EnvironmentError, type ModuleInfo, readEnvironment, serviceVariables } from '@agento/contracts';
import { anonymousProblem } from '@agento/edge';

/** The repository's root: relative data folders are meant from there, wherever a service is started. */
const root = new URL('../../../', import.meta.url).pathname;

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
  runTimeoutMs: number;
  maxRuns: number;
  maxAttempts: number;
  logLevel: string;
}

/** Reads and checks a service's variables; throws an EnvironmentError that names each wrong one. */
export function readServiceSettings(info: ModuleInfo, env: NodeJS.ProcessEnv): ServiceSettings {
  const values = readEnvironment(serviceVariables, env);
  const problem = anonymousProblem(values);
  if (problem) throw new EnvironmentError([`${problem.found}: ${problem.remedy}`]);
  return {
    host: values.AGENTO_HOST,
    port: values.PORT ?? info.port,
    allowedHosts: values.AGENTO_ALLOWED_HOSTS,
    apiKeys: values.AGENTO_API_KEYS,
    hopKey: values.AGENTO_HOP_KEY,
    nextUrl: values.AGENTO_NEXT_URL,
    dataDir: resolve(root, values.AGENTO_DATA_DIR),
    runTimeoutMs: values.AGENTO_RUN_TIMEOUT_MS,
    maxRuns: values.AGENTO_MAX_RUNS,
    maxAttempts: values.AGENTO_MAX_ATTEMPTS,
    logLevel: values.LOG_LEVEL,
  };
}
