import { resolve } from 'node:path';
import { type ModuleInfo, readEnvironment, serviceVariables } from '@agento/contracts';

/** The repository's root: relative data folders are meant from there, wherever a service is started. */
const root = new URL('../../../', import.meta.url).pathname;

/** A service's settings, from the environment. */
export interface ServiceSettings {
  host: string;
  port: number;
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
  return {
    host: values.AGENTO_HOST,
    port: values.PORT ?? info.port,
    nextUrl: values.AGENTO_NEXT_URL,
    dataDir: resolve(root, values.AGENTO_DATA_DIR),
    runTimeoutMs: values.AGENTO_RUN_TIMEOUT_MS,
    maxRuns: values.AGENTO_MAX_RUNS,
    maxAttempts: values.AGENTO_MAX_ATTEMPTS,
    logLevel: values.LOG_LEVEL,
  };
}
