import { basicAuthorization, withoutUser } from '@agento/contracts';
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
  const url = withoutUser(baseUrl);
  const defaultQuery = Object.fromEntries(url.searchParams);
  url.search = '';
  return {
    baseURL: url.href,
    defaultQuery,
    ...(apiKey === 'none' && { defaultHeaders: basicAuthorization(baseUrl) }),
  };
}
