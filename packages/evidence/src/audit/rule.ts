import type { RunReading } from '../reading/index.ts';
import type { Found, Severity } from './finding.ts';

interface Described {
  id: string;
  severity: Severity;
  /** The question it answers. */
  question: string;
  /** The name of this kind of failure in a published taxonomy. */
  taxonomy?: string;
}

/** A rule over one run. */
export interface RunRule extends Described {
  find: (reading: RunReading) => Found[];
}

/** A rule over many runs: of each it keeps a few entries, of which it judges in the end. */
export interface SetRule extends Described {
  keep: (reading: RunReading) => unknown[];
  findIn: (kept: unknown[]) => Found[];
}

export type AuditRule = RunRule | SetRule;

/** A rule that keeps a few entries of each run, without those of steps whose answers are a recorded run's. */
export function overMany<Kept extends { span_id: string }>(
  described: Described,
  keep: (reading: RunReading, replayed: Set<string>) => Kept[],
  find: (kept: Kept[]) => Found[],
): SetRule {
  return {
    ...described,
    keep: (reading) => {
      const replayed = replayedIn(reading);
      return keep(reading, replayed).filter(({ span_id }) => !replayed.has(span_id));
    },
    findIn: (kept) => find(kept as Kept[]),
  };
}

/** Steps of a replay that were not asked anew: the recorded run has said the same. */
function replayedIn({ calls }: RunReading): Set<string> {
  const isReplayed = Map.groupBy(calls, ({ step }) => step);
  return new Set(
    [...isReplayed].flatMap(([step, own]) => (own.every(({ is_replayed }) => is_replayed) ? step : [])),
  );
}

export const placeOf = ({ run_id, trace_id }: RunReading, span_id: string | null) => ({
  run_id,
  trace_id,
  span_id,
});

/** Passages under their names; those that are not recorded are left out. */
export function textsOf(named: Record<string, string | null | undefined>): Found['texts'] {
  return Object.entries(named).flatMap(([name, text]) => (text ? [{ name, text }] : []));
}
