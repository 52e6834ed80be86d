import { type Proxies, undiciProxies } from '@agento/contracts';
import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici';

/**
 * The connections to the model's endpoint, by a proxy where one applies. undici gives up on headers after 300 s; the
 * limits that count are ours, on the whole call.
 */
export function createModelDispatcher(concurrency: number, proxies: Proxies | null): Dispatcher {
  const options = { headersTimeout: 0, bodyTimeout: 0, connections: concurrency };
  return proxies ? new EnvHttpProxyAgent({ ...options, ...undiciProxies(proxies) }) : new Agent(options);
}
