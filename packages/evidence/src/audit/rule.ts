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

/** A rule over many runs: of each it keeps little, of which it judges in the end. */
export interface SetRule extends Described {
  begin: () => { add: (reading: RunReading) => void; find: () => Found[] };
}

export type AuditRule = RunRule | SetRule;

/** When a run began: every source has its runs in another order. */
export type Begun = Pick<RunReading, 'started_ms' | 'run_id'>;

export const begunOf = ({ started_ms, run_id }: RunReading): Begun => ({ started_ms, run_id });

/** The earliest first. */
export function byBeginning({ run: one }: { run: Begun }, { run: other }: { run: Begun }): number {
  return one.started_ms - other.started_ms || one.run_id.localeCompare(other.run_id);
}

/** A rule that keeps a few entries of each run. */
export function overMany<Kept>(
  described: Described,
  keep: (reading: RunReading) => Kept[],
  find: (kept: Kept[]) => Found[],
): SetRule {
  return {
    ...described,
    begin: () => {
      const kept: { entry: Kept; run: Begun }[] = [];
      return {
        add: (reading) => {
          const run = begunOf(reading);
          for (const entry of keep(reading)) kept.push({ entry, run });
        },
        find: () => find(kept.sort(byBeginning).map(({ entry }) => entry)),
      };
    },
  };
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
