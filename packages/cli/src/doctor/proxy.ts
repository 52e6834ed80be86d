import { isSet, shownUrl } from '../environment.ts';
import type { Diagnosis } from './diagnosis.ts';

/** Whether model and collector are reached by a proxy, as Node reads it. */
export async function checkProxy(env: NodeJS.ProcessEnv): Promise<Diagnosis> {
  const named = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY'].filter((name) => isSet(env, name));
  if (named.length === 0) return { ok: true, found: 'none: everything is reached directly' };
  if (env.NODE_USE_ENV_PROXY?.trim() !== '1') {
    return { ok: true, found: `${named.join(', ')} not used: NODE_USE_ENV_PROXY is not 1` };
  }
  const wrong = named.filter((name) => !/^https?:$/.test(URL.parse(env[name]?.trim() ?? '')?.protocol ?? ''));
  if (wrong.length > 0) {
    return { ok: false, found: `${wrong.join(', ')}: no proxy`, remedy: 'give an http:// or https:// URL' };
  }
  const shown = await Promise.all(named.map(async (name) => `${name} ${await shownUrl(env[name] ?? '')}`));
  return { ok: true, found: shown.join(', ') };
}
