import { proxyVariables, readProxies } from '@agento/contracts';
import { isSet, shownUrl } from '../environment.ts';
import type { Diagnosis } from './diagnosis.ts';

/** Whether model and collector are reached by a proxy. Throws an EnvironmentError where one is no URL. */
export async function checkProxy(env: NodeJS.ProcessEnv): Promise<Diagnosis> {
  const proxies = readProxies(env);
  if (proxies) {
    const used = { HTTP_PROXY: proxies.http, HTTPS_PROXY: proxies.https };
    const shown = Object.entries(used).map(async ([name, url]) => url && `${name} ${await shownUrl(url)}`);
    return { ok: true, found: (await Promise.all(shown)).filter(Boolean).join(', ') };
  }
  const names = Object.keys(proxyVariables).filter((name) => name.startsWith('HTTP'));
  const named = names.flatMap((name) => [name.toLowerCase(), name]).filter((name) => isSet(env, name));
  if (named.length === 0) return { ok: true, found: 'none: everything is reached directly' };
  return { ok: true, found: `${named.join(', ')} not used: NODE_USE_ENV_PROXY is not 1` };
}
