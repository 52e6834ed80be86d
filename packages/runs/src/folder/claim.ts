import { access } from 'node:fs/promises';
import type { PartId } from '../store.ts';
import { clearSettled } from './clear-settled.ts';
import { streamPath, streams } from './layout.ts';
import { FolderLease, type LeaseHooks } from './lease.ts';
import { readPart } from './part-file.ts';
import { unlessMissing } from './quiet.ts';
import { entryOf } from './unsettled.ts';

/** Takes the right to execute a part; null if somebody alive has it, or nothing is left to do. */
export async function claimPart(id: PartId, owner: string, hooks: LeaseHooks): Promise<FolderLease | null> {
  const { dataDir, unsettled } = hooks;
  const known = await readPart(dataDir, id);
  if (!known) return null;
  if (known.part.settled) {
    await clearSettled(dataDir, unsettled, id);
    return null;
  }
  const newest = (await unsettled.of(id)).at(-1);
  if (newest && !(await unsettled.isFree(newest))) return null;
  const execution = Math.max(newest?.execution ?? 0, known.part.executions) + 1;
  const entry = entryOf(known.part, execution);
  if (!(await unsettled.create(entry, owner))) return null;
  // Somebody may have had the part, and even settled it, since it was looked at.
  const now = await readPart(dataDir, id);
  const others = await unsettled.of(id);
  const isLate = others.some((other) => other.execution > execution);
  if (!now || now.part.settled || now.part.executions >= execution || isLate) {
    await unsettled.remove(entry);
    return null;
  }
  for (const other of others) if (other.execution < execution) await unsettled.remove(other);
  const lease = new FolderLease({ ...now.part, executions: execution }, hooks);
  try {
    await lease.note({});
    for (const stream of execution > 1 ? streams : [])
      if (await exists(streamPath(dataDir, id, stream))) await lease.take(stream);
  } catch (error) {
    lease.lose();
    await unsettled.release(entry);
    throw error;
  }
  if (await unsettled.isToCancel(id)) lease.cancel();
  return lease;
}

function exists(path: string): Promise<boolean> {
  return unlessMissing(
    access(path).then(() => true),
    false,
  );
}
