import { chain } from '@agento/contracts';
import type { Decision } from './decision.ts';
import type { Failure } from './failure.ts';
import type { ModulePart } from './parts.ts';

/**
 * How a run ended. `published` and `held` are its quality check's decision, held also if the plan could not be judged;
 * `stopped`: as asked, before the last module; `unfinished`: it is still going on, or the rest of it is not here.
 */
export type Outcome =
  | 'published'
  | 'held'
  | 'stopped'
  | 'failed'
  | 'cancelled'
  | 'interrupted'
  | 'unfinished';

export function outcomeOf(
  parts: ModulePart[],
  decisions: Decision[],
): { outcome: Outcome; error: Failure | null } {
  const last = parts.findLast(({ counts }) => counts);
  if (!last) return { outcome: 'unfinished', error: null };
  const { error } = last;
  if (error?.type === 'cancelled') return { outcome: 'cancelled', error };
  if (last.ending !== 'done') return { outcome: last.ending, error };
  if (last.next_module !== 0) return { outcome: 'unfinished', error: null };
  const gate = decisions.find(({ kind }) => kind === 'quality_gate');
  if (gate) return { outcome: gate.chosen.includes('publish') ? 'published' : 'held', error: null };
  return { outcome: last.number < chain.length ? 'stopped' : 'held', error: null };
}
