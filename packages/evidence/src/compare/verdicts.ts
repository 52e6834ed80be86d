import type { RunReading, Verdict } from '../reading/index.ts';
import { paired } from './align.ts';

/** A verdict of both runs on the same thing by the same criterion. */
export interface VerdictChange {
  /** Its id in the newer run. */
  id: string;
  before: Verdict | null;
  now: Verdict | null;
  /** `result`: it passes or fails, or has another word; `score`: that alone; `words`: only the reason. */
  change: 'result' | 'score' | 'words' | 'none' | 'only before' | 'only now';
}

export function verdictChanges(
  before: RunReading,
  now: RunReading,
  idNow: (id: string) => string,
): VerdictChange[] {
  const old = new Map(before.verdicts.map((verdict) => [idIn(verdict, idNow), verdict]));
  const fresh = new Map(now.verdicts.map((verdict) => [verdict.id, verdict]));
  return paired(old, fresh).map(({ key, ...both }) => ({ id: key, ...both, change: changeOf(both) }));
}

/** The id that the verdict would have in the newer run. */
function idIn(verdict: Verdict, idNow: (id: string) => string): string {
  const criterion = verdict.criterion_id ?? verdict.constraint_id;
  if (!criterion || !verdict.id.endsWith(` ${criterion}`)) return verdict.id;
  return verdict.id.slice(0, -criterion.length) + idNow(criterion);
}

function changeOf({ before, now }: { before: Verdict | null; now: Verdict | null }): VerdictChange['change'] {
  if (!before) return 'only now';
  if (!now) return 'only before';
  if (before.pass !== now.pass || before.status !== now.status) return 'result';
  if (before.score !== now.score) return 'score';
  const isTold = before.explanation !== null && now.explanation !== null;
  return isTold && before.explanation !== now.explanation ? 'words' : 'none';
}
