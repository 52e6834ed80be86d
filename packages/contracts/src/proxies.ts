import { choice, EnvironmentError, readEnvironment, text } from './environment.ts';

/** Proxies, as Node itself reads them; they apply to the model and the trace collector, not to hops. */
export const proxyVariables = {
  NODE_USE_ENV_PROXY: choice('0', ['0', '1'], '1: reach the model and the trace collector through a proxy'),
  HTTP_PROXY: text('', 'Proxy for http:// addresses (NODE_USE_ENV_PROXY=1); http_proxy wins'),
  HTTPS_PROXY: text('', 'Proxy for https:// addresses; unset: HTTP_PROXY’s; https_proxy wins'),
  NO_PROXY: text('', 'Hosts reached without a proxy: host, .domain, host:port or *; no_proxy wins'),
};

/** The proxies that apply; null for a scheme without one. */
export interface Proxies {
  http: string | null;
  https: string | null;
  /** Hosts reached without a proxy. */
  except: string;
}

/** Reads the proxies; null if none applies. Throws an EnvironmentError that shows no credentials. */
export function readProxies(env: NodeJS.ProcessEnv): Proxies | null {
  const values = readEnvironment(proxyVariables, env);
  if (values.NODE_USE_ENV_PROXY === '0') return null;
  const given = (name: 'HTTP_PROXY' | 'HTTPS_PROXY' | 'NO_PROXY') =>
    env[name.toLowerCase()]?.trim() || values[name];
  const http = given('HTTP_PROXY');
  const https = given('HTTPS_PROXY') || http;
  const problems = Object.entries({ HTTP_PROXY: http, HTTPS_PROXY: https })
    .filter(([, url]) => url !== '' && !/^https?:\/\/[^/]/i.test(URL.canParse(url) ? url : ''))
    .map(([name]) => `${name}: must be an http:// or https:// URL`);
  if (problems.length > 0) throw new EnvironmentError(problems);
  return http || https ? { http: http || null, https: https || null, except: given('NO_PROXY') } : null;
}

/**
 * Options for undici's `EnvHttpProxyAgent`, which reads an omitted one from the environment and takes an empty one for
 * none.
 */
export function undiciProxies({ http, https, except }: Proxies): {
  httpProxy: string;
  httpsProxy: string;
  noProxy: string;
} {
  return { httpProxy: http ?? '', httpsProxy: https ?? '', noProxy: except };
}
