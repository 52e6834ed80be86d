import type { FastifyInstance } from 'fastify';
import { ProblemError, problem } from './problem.ts';
import { attemptHeader } from './runs/attempts.ts';
import type { Service } from './service.ts';

/**
 * Refuses requests for runs while their store is out of reach, instead of letting them wait for it. A module that hands a run
 * on has all the time of the run: it waits.
 */
export function registerOutage(app: FastifyInstance, { store }: Service): void {
  app.addHook('onRequest', async ({ routeOptions, headers }) => {
    const why = store.outage();
    if (why === null || headers[attemptHeader] !== undefined) return;
    if (!/^\/runs?(\/|$)/.test(routeOptions.url ?? '')) return;
    throw new ProblemError(
      problem('busy', 503, `Runs are out of reach: ${why}. Try again once /readyz is 200.`),
    );
  });
}
