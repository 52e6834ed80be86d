import type { FastifyRequest } from 'fastify';
import { cut } from './bounded.ts';

/** The path of a request without its query, in which a secret may stand. */
export function pathOf({ url }: FastifyRequest): string {
  return cut(url.replace(/\?.*$/s, ''), 256);
}
