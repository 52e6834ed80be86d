import type { Part } from '@agento/runs';
import { ProblemError, problem } from '../problem.ts';
import type { Service } from '../service.ts';

/** The module's part of a run: of that attempt, or of the latest. @throws ProblemError 404 */
export async function partOf(service: Service, id: string, attempt: string | undefined): Promise<Part> {
  const part = await knownPart(service, id, attempt);
  if (part) return part;
  throw notKnown(id, attempt);
}

/** The same; null if there is none. */
export async function knownPart(
  { store, module }: Service,
  id: string,
  attempt: string | undefined,
): Promise<Part | null> {
  const own = (await store.partsOf(id.toLowerCase())).filter((part) => part.module === module.info.number);
  const wanted = attempt === undefined ? own.at(-1) : own.find((part) => part.attempt === Number(attempt));
  return wanted ? store.part(wanted) : null;
}

export function notKnown(id: string, attempt: string | undefined): ProblemError {
  const which = attempt === undefined ? '' : `, attempt ${attempt},`;
  return new ProblemError(problem('not-found', 404, `The run ${id.toLowerCase()}${which} is not known here`));
}
