import { EnvironmentError } from '@agento/contracts';

/** The header with the command line's key, for a service; none where AGENTO_API_KEY is unset. */
export function bearer(env: NodeJS.ProcessEnv): { authorization?: string } {
  const key = env.AGENTO_API_KEY?.trim();
  if (!key) return {};
  // What cannot stand in a header is refused here: fetch would say so with the key in its words.
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new EnvironmentError(['AGENTO_API_KEY: must be one key, of visible ASCII characters only']);
  }
  return { authorization: `Bearer ${key}` };
}

/** The environment with a key to call the services it describes: where none is named, the first of theirs. */
export function withOwnKey(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const [first] = keysOf(env);
  return first === undefined || env.AGENTO_API_KEY?.trim() ? env : { ...env, AGENTO_API_KEY: first };
}

/** The keys that the services of this environment take. */
export function keysOf(env: NodeJS.ProcessEnv): string[] {
  return (env.AGENTO_API_KEYS ?? '')
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '');
}
