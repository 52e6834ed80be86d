import type { serviceVariables, Values } from '@agento/contracts';
import { isLoopback } from './callers.ts';

type Access = Pick<
  Values<typeof serviceVariables>,
  'AGENTO_HOST' | 'AGENTO_API_KEYS' | 'AGENTO_HOP_KEY' | 'AGENTO_ALLOW_ANONYMOUS'
>;

/** The problem with a service that others could reach without a key; null if there is none. */
export function anonymousProblem(access: Access): { found: string; remedy: string } | null {
  const hasKey = access.AGENTO_API_KEYS.length > 0 || access.AGENTO_HOP_KEY !== null;
  if (isLoopback(access.AGENTO_HOST) || hasKey || access.AGENTO_ALLOW_ANONYMOUS) return null;
  return {
    found: `AGENTO_HOST=${JSON.stringify(access.AGENTO_HOST)}: the service would be reachable by others without a key`,
    remedy: 'set AGENTO_API_KEYS, or AGENTO_ALLOW_ANONYMOUS=true if something else keeps them out',
  };
}
