import { chain } from '@agento/contracts';
import type { Decision } from './decision.ts';
import type { Failure } from './failure.ts';
import type { ModulePart } from './parts.ts';
import type { Step } from './step.ts';

/**
 * How a run ended. `published` and `held` are its quality check's decision, held also if the plan could not be judged;
 * `stopped`: as asked, before the last module; `waiting`: for a person to decide about its revisions; `unfinished`: it is still going on, or the rest of it is not here.
 */
export type Outcome =
  | 'published'
  | 'held'
  | 'stopped'
  | 'failed'
  | 'cancelled'
  | 'interrupted'
  | 'waiting'
  | 'unfinished';

export function outcomeOf(
  parts: ModulePart[],
  decisions: Decision[],
  steps: Step[],
): { outcome: Outcome; error: Failure | null } {
  const last = parts.findLast(({ counts }) => counts);
  if (!last) return { outcome: 'unfinished', error: null };
  // Each span above the step that failed repeats what it says.
  const place = steps.findLast(
    ({ module, error }) => module === last.number && error !== null && error.message === last.error?.message,
  );
  const error = last.error && (place?.error ?? last.error);
  if (error?.type === 'cancelled') return { outcome: 'cancelled', error };
  if (last.ending !== 'done') return { outcome: last.ending, error };
  if (last.to_review > 0) return { outcome: 'waiting', error: null };
  if (last.next_module !== 0) return { outcome: 'unfinished', error: null };
  const gate = decisions.find(({ kind }) => kind === 'quality_gate');
  if (gate) return { outcome: gate.chosen.includes('publish') ? 'published' : 'held', error: null };
  return { outcome: last.number < chain.length ? 'stopped' : 'held', error: null };
}
