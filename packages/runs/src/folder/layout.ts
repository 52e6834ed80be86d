import { join } from 'node:path';
import type { PartId, Stream } from '../store.ts';

/** An attempt at a run, whichever module works on it. */
export type AttemptId = Omit<PartId, 'module'>;

export const streams = ['calls', 'events', 'spans'] as const satisfies readonly Stream[];

export function runsFolder(dataDir: string): string {
  return join(dataDir, 'runs');
}

/** The folder of a run. Throws if the id could point elsewhere. */
export function runFolder(dataDir: string, runId: string): string {
  if (!isRunId(runId)) throw new Error(`The run id ${runId} must be a UUID in lower case`);
  return join(runsFolder(dataDir), runId);
}

export function isRunId(name: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name);
}

/** The folder of an attempt's files: the run's own for the first one, otherwise one inside it. */
export function attemptFolder(dataDir: string, { runId, attempt }: AttemptId): string {
  const first = runFolder(dataDir, runId);
  return attempt === 1 ? first : join(first, 'attempts', String(attempt));
}

/** The folder of an attempt's journal. */
export function journalFolder(dataDir: string, id: AttemptId): string {
  return join(attemptFolder(dataDir, id), 'journal');
}

export function partName(module: number): string {
  return `module${module}.part.jsonl`;
}

export function partPath(dataDir: string, id: PartId): string {
  return join(journalFolder(dataDir, id), partName(id.module));
}

export function streamPath(dataDir: string, id: PartId, stream: Stream): string {
  return join(journalFolder(dataDir, id), `module${id.module}.${stream}.jsonl`);
}

/** One part's name in maps. */
export function keyOf({ runId, attempt, module }: PartId): string {
  return `${runId}.${attempt}.${module}`;
}

/** Nothing but a name: no path, and none of the files that begin with a dot. */
export function isPlainName(name: string): boolean {
  return /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,200}$/.test(name);
}
