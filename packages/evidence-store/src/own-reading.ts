import { type RunReading, readRuns, type Trace } from '@agento/evidence';

/** An attempt at a run, and what in its reading is its own. */
export interface OwnReading {
  reading: RunReading;
  /** False for a span of an earlier attempt that this one goes on from: it has its rows there. */
  isOwn(spanId: string | null): boolean;
}

/** The attempts in a trace; each span belongs to the first that tells of it, so that no row is there twice. */
export function ownReadings(trace: Trace): OwnReading[] {
  const before = new Map<string, Set<string>>();
  return readRuns(trace).map((reading) => {
    const told = before.get(reading.run_id) ?? new Set();
    before.set(reading.run_id, told.union(spansOf(reading)));
    return { reading, isOwn: (spanId) => spanId === null || !told.has(spanId) };
  });
}

function spansOf({ steps, calls, modules, links }: RunReading): Set<string> {
  return new Set([
    ...[...steps, ...calls, ...modules].map(({ span_id }) => span_id),
    ...links.map(({ from }) => from),
  ]);
}
