import { readEnvironment, serviceVariables } from '@agento/contracts';
import { isLoopback } from '@agento/edge';
import type { Diagnosis } from './diagnosis.ts';

/**
 * Who may call the services of this environment, and whether their keys go together. Shows no key. Throws an
 * EnvironmentError where one is weak.
 */
export function checkAccess(env: NodeJS.ProcessEnv): Diagnosis {
  const values = readEnvironment(serviceVariables, env);
  const { AGENTO_API_KEYS: keys, AGENTO_HOP_KEY: hop, AGENTO_ALLOWED_HOSTS: hosts } = values;
  const own = env.AGENTO_API_KEY?.trim() ?? '';
  if (hop !== null && keys.includes(hop)) {
    return {
      ok: false,
      found: 'AGENTO_HOP_KEY is one of AGENTO_API_KEYS',
      remedy: 'give the modules a different key, or unset it',
    };
  }
  if (keys.length > 0 && own !== '' && !keys.includes(own)) {
    return {
      ok: false,
      found: 'AGENTO_API_KEY is not one of AGENTO_API_KEYS',
      remedy: 'set it to one of them',
    };
  }
  const who =
    keys.length > 0
      ? `callers need one of ${keys.length} keys`
      : isLoopback(values.AGENTO_HOST)
        ? 'no key required; only this machine can reach the services'
        : 'no key required, and other machines can reach the services';
  return { ok: true, found: `${who}${hosts.length > 0 ? `; also answers to ${hosts.join(', ')}` : ''}` };
}
