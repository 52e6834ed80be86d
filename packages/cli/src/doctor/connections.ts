import { type Proxies, undiciProxies } from '@agento/contracts';
import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici';

/** Connections as the services make them, whatever the environment of this process says of proxies. */
export function connections(proxies: Proxies | null = null, tls: object = {}): Dispatcher {
  if (!proxies) return new Agent({ connect: tls });
  return new EnvHttpProxyAgent({ connect: tls, requestTls: tls, ...undiciProxies(proxies) });
}
