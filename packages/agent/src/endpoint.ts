import { basicAuthorization, urlBelow, version } from '@agento/contracts';
import type { ModelSettings } from './model-settings.ts';

/** Where chat completions are asked for, and the head of each request. */
export interface ChatEndpoint {
  origin: string;
  /** With the query, if the base URL has one. */
  path: string;
  headers: Record<string, string>;
}

export function chatEndpoint({ baseUrl, apiKey }: Pick<ModelSettings, 'baseUrl' | 'apiKey'>): ChatEndpoint {
  const { origin, pathname, search } = new URL(urlBelow(baseUrl, '/chat/completions'));
  return {
    origin,
    path: pathname + search,
    headers: {
      accept: 'application/json',
      'accept-encoding': 'identity',
      'content-type': 'application/json',
      'user-agent': `agento/${version}`,
      authorization: `Bearer ${apiKey}`,
      ...(apiKey === 'none' && basicAuthorization(baseUrl)),
    },
  };
}
