import { bearerOf, keyCheck } from '@agento/edge';
import type { FastifyInstance } from 'fastify';
import { pageFiles } from './page.ts';
import { ProblemError, problem } from './problem.ts';
import type { ServiceSettings } from './service-settings.ts';

/** Routes without a key, for supervisors, Prometheus and browsers: figures and files, and nothing of any run. */
const open = new Set(['/livez', '/readyz', '/metrics', ...pageFiles]);

/** What a module asks the next one. */
const ofHop = new Set([
  '/run',
  '/runs/:run_id',
  '/runs/:run_id/events',
  '/runs/:run_id/journal',
  '/runs/:run_id/review',
]);

/**
 * Requires a key on every route except the open ones, even on routes that do not exist. A service without keys requires
 * none; it then listens on loopback only, or something else keeps others out (`anonymousProblem`). The hop's key is valid
 * only for what a module asks the next one: `POST /run`, and the run that came of it.
 */
export function registerAccess(app: FastifyInstance, { apiKeys, hopKey }: ServiceSettings): void {
  if (apiKeys.length === 0 && hopKey === null) return;
  const isCaller = keyCheck(apiKeys);
  const isRunner = keyCheck(hopKey === null ? apiKeys : [...apiKeys, hopKey]);
  app.addHook('onRequest', async (request, reply) => {
    const { url = '' } = request.routeOptions;
    if (open.has(url)) return;
    const token = bearerOf(request.headers.authorization);
    if (token !== null && (ofHop.has(url) ? isRunner : isCaller)(token)) return;
    reply.header(
      'www-authenticate',
      `Bearer realm="agento"${token === null ? '' : ', error="invalid_token"'}`,
    );
    const why = token === null ? 'it came without one' : 'its key is not one of them';
    throw new ProblemError(
      problem(
        'unauthorized',
        401,
        `The request needs one of this service's keys (AGENTO_API_KEYS) as authorization: Bearer …, and ${why}`,
      ),
    );
  });
}
