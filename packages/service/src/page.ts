import type { ModelSettings } from '@agento/agent';
import { asksModel, chain } from '@agento/contracts';
import { type About, registerEvidenceRoutes, startEvidenceThread } from '@agento/evidence-api';
import type { FastifyInstance } from 'fastify';
import { registerLazily } from './lazy-application.ts';
import { badInput, ProblemError, problem } from './problem.ts';

/** Its files; they hold nothing of any run, and are read before a key is known. */
export const pageFiles = ['/', '/assets/*'];

/** The models a run asks, by name, as far as this module's settings are those of the modules after it. */
export function modelsOfChain({ modelOf, webSearch, searchModel }: ModelSettings): string[] {
  const agents = chain.flatMap(({ steps }) => steps.filter(asksModel).flatMap((step) => step.agents));
  return [...new Set([...agents.map(modelOf), ...(webSearch ? [searchModel] : [])])].sort();
}

/** `GET /`: the page, and the evidence it shows. */
export function registerRunsPage(app: FastifyInstance, about: About): void {
  registerLazily(app, pageFiles, async (page) => {
    const { isBuilt, registerPage } = await import('@agento/page');
    if (!isBuilt())
      throw new ProblemError(problem('not-found', 404, 'The page is not built here: `pnpm start` builds it'));
    await registerPage(page);
  });
  const thread = startEvidenceThread(about);
  app.addHook('onClose', () => thread.close());
  registerEvidenceRoutes(app, thread, (status, detail) =>
    status === 404
      ? new ProblemError(problem('not-found', 404, detail))
      : badInput([{ pointer: '', detail }]),
  );
}
