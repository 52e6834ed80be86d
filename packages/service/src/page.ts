import { type About, registerEvidenceRoutes, startEvidenceThread } from '@agento/evidence-api';
import type { FastifyInstance } from 'fastify';
import { registerLazily } from './lazy-application.ts';
import { badInput, ProblemError, problem } from './problem.ts';

/** Its files; they hold nothing of any run, and are read before a key is known. */
export const pageFiles = ['/', '/assets/*'];

/** `GET /`: the page, and the evidence it shows. `place` is a folder, or Jaeger. */
export function registerRunsPage(app: FastifyInstance, place: About['place']): void {
  registerLazily(app, pageFiles, async (page) => {
    const { isBuilt, registerPage } = await import('@agento/page');
    if (!isBuilt())
      throw new ProblemError(problem('not-found', 404, 'The page is not built here: `pnpm start` builds it'));
    await registerPage(page);
  });
  const thread = startEvidenceThread({ place, takesRuns: true });
  app.addHook('onClose', () => thread.close());
  registerEvidenceRoutes(app, thread, (status, detail) =>
    status === 404
      ? new ProblemError(problem('not-found', 404, detail))
      : badInput([{ pointer: '', detail }]),
  );
}
