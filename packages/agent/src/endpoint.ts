import type { ClientOptions } from 'openai';
import type { ModelSettings } from './model-settings.ts';

/**
 * How the `openai` client finds the endpoint. It appends its paths to the base URL as a text: a query is handed over
 * apart, and userinfo as the header it means, where no key stands there.
 */
export function endpointOptions({
  baseUrl,
  apiKey,
}: Pick<ModelSettings, 'baseUrl' | 'apiKey'>): Pick<
  ClientOptions,
  'baseURL' | 'defaultQuery' | 'defaultHeaders'
> {
  const url = new URL(baseUrl);
  const userinfo = [url.username, url.password].map(decodeURIComponent).join(':');
  const defaultQuery = Object.fromEntries(url.searchParams);
  Object.assign(url, { username: '', password: '', search: '' });
  return {
    baseURL: url.href,
    defaultQuery,
    ...(userinfo !== ':' &&
      apiKey === 'none' && {
        defaultHeaders: { authorization: `Basic ${Buffer.from(userinfo).toString('base64')}` },
      }),
  };
}
