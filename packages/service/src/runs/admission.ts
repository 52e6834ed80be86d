import { ProblemError, problem } from '../problem.ts';
import type { Service } from '../service.ts';
import type { Executions } from './executions.ts';

/** Admits a new run, or says at once why not: stopping, or as many as it can hold. */
export function admit({ stopping, settings }: Service, executions: Executions, runId: string): void {
  const { working, handedOn, queued, oldestQueuedSeconds } = executions.load();
  const why = stopping
    ? 'it is stopping'
    : !executions.isHere(runId) && working + handedOn + queued >= settings.maxRuns + settings.maxQueued
      ? `it has ${working + handedOn} active runs${queued > 0 ? ` and ${queued} waiting` : ''}`
      : oldestQueuedSeconds > settings.maxQueueSeconds
        ? `a run has been waiting for ${Math.round(oldestQueuedSeconds)} s`
        : null;
  if (why === null) return;
  throw new ProblemError(
    problem('busy', 503, `The service accepts no runs at the moment: ${why}. Try again shortly.`),
  );
}
