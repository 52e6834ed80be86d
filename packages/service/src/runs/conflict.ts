import type { PartId } from '@agento/runs';
import { ProblemError, problem } from '../problem.ts';

/** What a conflict is about: one kind of problem, with a title for each. */
export const conflictTitles = {
  exists: 'The run already exists',
  active: 'The run is already active',
  goesOn: 'The run goes on',
  attempts: 'The run has no attempts left',
  resume: 'The run cannot be resumed',
  review: 'The run cannot be reviewed',
  remove: 'The run cannot be deleted yet',
  removeEvidence: 'The evidence cannot be deleted',
} as const;

/** What is asked of a run contradicts what it is at. */
export function conflict(
  { runId }: Pick<PartId, 'runId'>,
  about: keyof typeof conflictTitles,
  detail: string,
): ProblemError {
  return new ProblemError(problem('conflict', 409, detail, { title: conflictTitles[about], run_id: runId }));
}
