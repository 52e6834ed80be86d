import { setTimeout as delay } from 'node:timers/promises';
import type { RunResource } from '@agento/contracts';
import {
  loadTraces,
  NotFoundError,
  type Outcome,
  type RunReading,
  readRuns,
  type TraceSources,
} from '@agento/evidence';

/** How long the last spans of a run may be on their way, in milliseconds. */
const patience = 30_000;
const everyMs = 150;

/** How a trace tells the ends of a run: until it does, the last spans are on their way. */
const ends: Record<string, Outcome[]> = {
  finished: ['published', 'held', 'stopped'],
  failed: ['failed', 'interrupted'],
  cancelled: ['cancelled', 'failed', 'interrupted'],
};

/** The ended run as its trace tells it, once nothing is missing, or as it is after a while; null if there is no trace. */
export async function readingOf(
  { run_id, trace_id, state }: Pick<RunResource, 'run_id' | 'trace_id' | 'state'>,
  sources: TraceSources,
  signal: AbortSignal,
): Promise<RunReading | null> {
  if (trace_id === undefined) return null;
  const until = Date.now() + patience;
  for (;;) {
    const reading = await latest(run_id, trace_id, sources);
    const isWhole = reading !== null && reading.gaps.length === 0 && ends[state]?.includes(reading.outcome);
    if (isWhole || Date.now() > until) return reading;
    await delay(everyMs, undefined, { signal });
  }
}

async function latest(run_id: string, trace_id: string, sources: TraceSources): Promise<RunReading | null> {
  try {
    const readings = (await loadTraces(trace_id, sources)).flatMap(readRuns);
    return readings.filter((reading) => reading.run_id === run_id).at(-1) ?? null;
  } catch (error) {
    if (error instanceof NotFoundError) return null;
    throw error;
  }
}
