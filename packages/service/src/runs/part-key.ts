import type { PartId } from '@agento/runs';

/** A part in maps of one service, whose module is always the same. */
export function keyOf({ runId, attempt }: Pick<PartId, 'runId' | 'attempt'>): string {
  return `${runId}/${attempt}`;
}
