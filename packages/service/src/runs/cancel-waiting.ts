import type { Part } from '@agento/runs';
import type { Service } from '../service.ts';
import { cancelNext, nextOf } from './later-module.ts';
import type { PartNotes } from './part-notes.ts';

/** Why a run ends that somebody deletes while it goes on or waits. */
export const cancelledByDelete = 'The run was cancelled by DELETE';

/**
 * Cancels a part that nobody executes, as it waits for a person: the next execution only ends it. False if it waits no
 * longer: a review came first.
 */
export async function cancelWaiting(service: Service, part: Part): Promise<boolean> {
  const notes = { to_cancel: true } satisfies PartNotes;
  if (!(await service.store.reopen(part, notes, ['waiting_for_review']))) return false;
  const next = nextOf(service);
  if (next !== null && (part.notes as PartNotes).gone_on) await cancelNext({ ...next, ...part });
  return true;
}
