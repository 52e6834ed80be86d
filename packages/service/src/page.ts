import { registerEvidenceRoutes, startEvidenceThread } from '@agento/evidence-api';
import type { FastifyInstance } from 'fastify';
import { registerLazily } from './lazy-application.ts';
import { badInput, ProblemError, problem } from './problem.ts';
import type { ServiceSettings } from './service-settings.ts';

/** Its files; they hold nothing of any run, and are read before a key is known. */
export const pageFiles = ['/', '/assets/*'];

/** `GET /`: the page, and the evidence it shows. */
export function registerRunsPage(
  app: FastifyInstance,
  { evidence, jaegerUi }: Pick<ServiceSettings, 'evidence' | 'jaegerUi'>,
): void {
  registerLazily(app, pageFiles, async (page) => {
    const { isBuilt, registerPage } = await import('@agento/page');
    if (!isBuilt())
      throw new ProblemError(problem('not-found', 404, 'The page is not built here: `pnpm start` builds it'));
    await registerPage(page);
  });
  const thread = startEvidenceThread({ place: evidence, takesRuns: true, jaegerUi });
  app.addHook('onClose', () => thread.close());
  registerEvidenceRoutes(app, thread, (status, detail) =>
    status === 404
      ? new ProblemError(problem('not-found', 404, detail))
      : badInput([{ pointer: '', detail }]),
  );
}
