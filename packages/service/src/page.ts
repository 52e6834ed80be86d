import { evidencePaths } from '@agento/evidence-api/queries';
import type { FastifyInstance } from 'fastify';
import { registerLazily } from './lazy-application.ts';
import { badInput, ProblemError, problem } from './problem.ts';

/** Its files; they hold nothing of any run, and are read before a key is known. */
export const pageFiles = ['/', '/assets/*'];

/** `GET /`: the page, and the evidence it shows, from a folder or, with an address, from Jaeger. */
export function registerRunsPage(app: FastifyInstance, place: string): void {
  registerLazily(app, [...pageFiles, ...evidencePaths], async (page) => {
    const [{ isBuilt, registerPage }, { folderSource, jaegerSource, registerEvidenceRoutes }] =
      await Promise.all([import('@agento/page'), import('@agento/evidence-api')]);
    if (isBuilt()) await registerPage(page);
    registerEvidenceRoutes(page, {
      source: URL.canParse(place) ? jaegerSource(place) : folderSource(place),
      takesRuns: true,
      refuse: (status, detail) =>
        status === 404
          ? new ProblemError(problem('not-found', 404, detail))
          : badInput([{ pointer: '', detail }]),
    });
  });
}
