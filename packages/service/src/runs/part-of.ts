import type { Part } from '@agento/runs';
import { ProblemError, problem } from '../problem.ts';
import type { Service } from '../service.ts';

/** The module's part of a run: of that attempt, or of the latest. @throws ProblemError 404 */
export async function partOf(
  { store, module }: Service,
  id: string,
  attempt: string | undefined,
): Promise<Part> {
  const runId = id.toLowerCase();
  const own = (await store.partsOf(runId)).filter((part) => part.module === module.info.number);
  const wanted = attempt === undefined ? own.at(-1) : own.find((part) => part.attempt === Number(attempt));
  const part = wanted && (await store.part(wanted));
  if (part) return part;
  const which = attempt === undefined ? '' : `, attempt ${attempt},`;
  throw new ProblemError(problem('not-found', 404, `The run ${runId}${which} is not known here`));
}
