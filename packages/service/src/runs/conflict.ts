import type { PartId } from '@agento/runs';
import { ProblemError, problem } from '../problem.ts';

/** What is asked of a run contradicts what it is at. */
export function conflict({ runId }: Pick<PartId, 'runId'>, detail: string): ProblemError {
  return new ProblemError(problem('conflict', 409, detail, { run_id: runId }));
}
