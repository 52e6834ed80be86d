import { isIP } from 'node:net';
import { keysOf } from '../api-key.ts';
import type { Diagnosis } from './diagnosis.ts';

/** Shorter keys can be guessed. */
const shortest = 16;

/** Who may call the services of this environment, and whether the keys for that are sound. Shows no key. */
export function checkAccess(env: NodeJS.ProcessEnv): Diagnosis {
  const keys = keysOf(env);
  const hop = env.AGENTO_HOP_KEY?.trim() ?? '';
  const own = env.AGENTO_API_KEY?.trim() ?? '';
  const host = env.AGENTO_HOST?.trim() || '127.0.0.1';
  const hosts = env.AGENTO_ALLOWED_HOSTS?.trim() ?? '';
  const wrong = (found: string, remedy: string): Diagnosis => ({ ok: false, found, remedy });
  const weak = Object.entries({ AGENTO_API_KEYS: keys, AGENTO_HOP_KEY: hop ? [hop] : [] })
    .filter(([, list]) => list.some(isWeak))
    .map(([name]) => name);
  if (weak.length > 0) {
    return wrong(`${weak.join(' and ')}: a key can be guessed`, 'make one with `openssl rand -base64 32`');
  }
  if (hop !== '' && keys.includes(hop)) {
    return wrong(
      'AGENTO_HOP_KEY is one of AGENTO_API_KEYS',
      'give the modules a key of their own, or none here',
    );
  }
  if (keys.length > 0 && own !== '' && !keys.includes(own)) {
    return wrong('AGENTO_API_KEY is none of AGENTO_API_KEYS', 'set it to one of them');
  }
  const anonymous = /^(true|1|yes|on)$/i.test(env.AGENTO_ALLOW_ANONYMOUS?.trim() ?? '');
  if (keys.length === 0 && hop === '' && !isLoopback(host) && !anonymous) {
    return wrong(
      `AGENTO_HOST=${host} lets others in, and there is no key`,
      'set AGENTO_API_KEYS, or AGENTO_ALLOW_ANONYMOUS=true where something else keeps them out',
    );
  }
  const who =
    keys.length > 0
      ? `callers need one of ${keys.length} keys`
      : isLoopback(host)
        ? 'no key is needed; only this machine reaches the services'
        : 'no key is needed, and other machines may reach the services';
  return { ok: true, found: `${who}${hosts ? `; answers also to ${hosts}` : ''}` };
}

function isWeak(key: string): boolean {
  return key.length < shortest || new Set(key).size < 6;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
