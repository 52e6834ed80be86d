import type { Proxies } from '@agento/contracts';
import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici';

/**
 * The connections to the model's endpoint, by a proxy where one applies. undici gives up on headers after 300 s; the
 * limits that count are ours, on the whole call.
 */
export function createModelDispatcher(concurrency: number, proxies: Proxies | null): Dispatcher {
  const options = { headersTimeout: 0, bodyTimeout: 0, connections: concurrency };
  if (!proxies) return new Agent(options);
  const { http, https, except } = proxies;
  // A proxy that is left out would be taken from the environment once more: an empty one is none.
  return new EnvHttpProxyAgent({
    ...options,
    httpProxy: http ?? '',
    httpsProxy: https ?? '',
    noProxy: except,
  });
}
