import type { ModelSettings } from '@agento/agent';
import { asksModel, chain } from '@agento/contracts';
import { registerEvidenceRoutes, registerRemoval, startEvidenceThread } from '@agento/evidence-api';
import type { FastifyInstance } from 'fastify';
import { registerLazily } from './lazy-application.ts';
import { badInput, ProblemError, problem } from './problem.ts';
import { conflict, conflictTitles } from './runs/conflict.ts';
import { hasEnded } from './runs/run-events.ts';
import type { Service } from './service.ts';

/** Its files; they hold nothing of any run, and are read before a key is known. */
export const pageFiles = ['/', '/assets/*'];

/** The models a run asks, by name, as far as this module's settings are those of the modules after it. */
function modelsOfChain({ modelOf, webSearch, searchModel }: ModelSettings): string[] {
  const agents = chain.flatMap(({ steps }) => steps.filter(asksModel).flatMap((step) => step.agents));
  return [...new Set([...agents.map(modelOf), ...(webSearch ? [searchModel] : [])])].sort();
}

/** `GET /`: the page, and the evidence it shows and removes. */
export function registerRunsPage(app: FastifyInstance, service: Service): void {
  const { settings, models } = service;
  const thread = startEvidenceThread({
    place: settings.evidence,
    models: modelsOfChain(models.settings),
    jaegerUi: settings.jaegerUi,
  });
  registerLazily(app, pageFiles, async (page) => {
    const { isBuilt, registerPage } = await import('@agento/page');
    if (!isBuilt())
      throw new ProblemError(problem('not-found', 404, 'The page is not built here: `pnpm start` builds it'));
    await registerPage(page);
    // The list is being read before the page asks for it, which is told of what fails.
    thread.ask('runs', { limit: '1000' }).catch(() => {});
  });
  app.addHook('onClose', () => thread.close());
  registerEvidenceRoutes(app, thread, refuse);
  registerRemoval(app, thread, refuse, (runId) => requireSafe(service, runId));
}

function refuse(status: 400 | 404 | 409, detail: string): ProblemError {
  if (status === 400) return badInput([{ pointer: '', detail }]);
  if (status === 404) return new ProblemError(problem('not-found', 404, detail));
  return new ProblemError(problem('conflict', 409, detail, { title: conflictTitles.removeEvidence }));
}

/** Spans that are still to come would bring back a part of a trace that was removed. @throws ProblemError 409 */
async function requireSafe({ store, module }: Service, id: string): Promise<void> {
  const own = (await store.partsOf(id.toLowerCase())).filter((part) => part.module === module.info.number);
  for (const part of await Promise.all(own.map((part) => store.part(part)))) {
    if (part === null || (hasEnded(part) && part.settled)) continue;
    const detail = hasEnded(part)
      ? 'The run has ended, but its evidence is still being sent: delete it again in a minute'
      : `The run is ${part.state}: cancel it (DELETE /runs/${part.runId}) or wait until it has ended, then delete its evidence`;
    throw conflict(part, 'removeEvidence', detail);
  }
}
