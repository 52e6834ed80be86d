import type { FastifyRequest } from 'fastify';
import { pathOf } from './path.ts';
import { ProblemError, problem } from './problem.ts';

/** Answers a request for which there is no route. */
export function noRoute(request: FastifyRequest): never {
  throw new ProblemError(problem('not-found', 404, `No route ${request.method} ${pathOf(request)}`));
}
