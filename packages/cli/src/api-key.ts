import { commandVariables, readEnvironment, serviceVariables } from '@agento/contracts';

/** The header with the command line's key, for a service; none where AGENTO_API_KEY is unset. */
export function bearer(env: NodeJS.ProcessEnv): { authorization?: string } {
  const { AGENTO_API_KEY: key } = readEnvironment(commandVariables, env);
  return key === null ? {} : { authorization: `Bearer ${key}` };
}

/** The environment with a key to call the services it describes: where none is named, the first of theirs. */
export function withOwnKey(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { AGENTO_API_KEYS } = serviceVariables;
  const [first] = readEnvironment({ AGENTO_API_KEYS }, env).AGENTO_API_KEYS;
  return first === undefined || env.AGENTO_API_KEY?.trim() ? env : { ...env, AGENTO_API_KEY: first };
}
