import type { Problem } from '@agento/contracts';
import type { Part, RunStore } from '@agento/runs';
import { problem } from '../problem.ts';
import { outputName } from './files.ts';
import type { LastOutput } from './finished-data.ts';
import type { PartNotes, Waiting } from './part-notes.ts';

/** How an execution ended. */
export type Ending =
  | Ended
  | { state: 'waiting_for_review'; waiting: Waiting; record?: () => Promise<void> }
  | { state: 'suspended' /* It goes on elsewhere or later. */ };

/** How a part ended. */
export type Ended = (
  | { state: 'finished'; output: LastOutput }
  | { state: 'failed' | 'cancelled'; problem: Problem; cause: unknown }
) & {
  /** Records the end; only while the store has refused to. @throws what it is refused with again */
  record?: () => Promise<void>;
};

/** The end of a part as the store has it, also of one that was deleted; null while there is none. */
export async function endOf(store: RunStore, part: Part | null): Promise<Ending | null> {
  if (part === null) {
    return { state: 'failed', problem: problem('not-found', 404, 'The run was deleted'), cause: null };
  }
  const notes = part.notes as PartNotes;
  if (part.state === 'failed' || part.state === 'cancelled') {
    const given = notes.problem ?? problem('internal', 500, 'The run failed');
    return { state: part.state, problem: given, cause: null };
  }
  if (part.state === 'waiting_for_review' && notes.waiting)
    return { state: part.state, waiting: notes.waiting };
  if (part.state !== 'finished') return null;
  const module = notes.output_of ?? part.module;
  const text = await outputOf(store, part, module);
  if (text !== null) return { state: 'finished', output: { text, module } };
  const detail = 'The run finished, but its output is not here any more';
  return { state: 'failed', problem: problem('not-found', 404, detail), cause: null };
}

/** The output that a module left of the part; null if there is none. */
export async function outputOf(store: RunStore, part: Part, module: number): Promise<string | null> {
  const bytes = await store.readFile(part, outputName(module));
  return bytes === null ? null : Buffer.from(bytes).toString();
}
