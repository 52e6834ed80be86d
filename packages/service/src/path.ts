import { cut } from '@agento/contracts';
import type { FastifyRequest } from 'fastify';

/** The path of a request without its query, which may hold a secret. */
export function pathOf({ url }: FastifyRequest): string {
  return cut(url.replace(/\?.*$/s, ''), 256);
}
