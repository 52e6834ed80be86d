import type { Proxies } from '@agento/contracts';
import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici';

/** Connections as the services make them, whatever the environment of this process says of proxies. */
export function connections(proxies: Proxies | null = null, tls: object = {}): Dispatcher {
  if (!proxies) return new Agent({ connect: tls });
  const { http, https, except } = proxies;
  return new EnvHttpProxyAgent({
    connect: tls,
    requestTls: tls,
    httpProxy: http ?? '',
    httpsProxy: https ?? '',
    noProxy: except,
  });
}

/** fetch takes no user and password in an address. */
export function withoutUser(url: URL): URL {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  return bare;
}

/** What an address's user and password are sent as; nothing where it has none. */
export function basicAuthorization({ username, password }: URL): Record<string, string> {
  if (!username && !password) return {};
  const user = [username, password].map(decodeURIComponent).join(':');
  return { authorization: `Basic ${Buffer.from(user).toString('base64')}` };
}
