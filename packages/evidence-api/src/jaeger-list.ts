import type { RunSummary } from '@agento/evidence';
import { isDoneInTime, newestOf, patience, type RunList } from './run-list.ts';

/** For so long a reading that nobody waited for may be answered with, in milliseconds. */
const lasts = 5_000;

interface Reading {
  most: number;
  runs: RunSummary[];
  done: Promise<void>;
  /** When it was done, in milliseconds since 1970. */
  ended: number | null;
}

/**
 * The list of what Jaeger has, which is answered soon. It keeps no dates of changes, so that each list is read anew; what
 * the last one had is told until then.
 *
 * @param read reads at most so many, the newest first
 * @param wait milliseconds
 */
export function jaegerList(
  read: (most: number) => AsyncIterable<RunSummary>,
  wait = patience,
): (most: number) => Promise<RunList> {
  let reading: Reading | null = null;
  let last: RunSummary[] = [];
  const begin = (most: number): Reading => {
    const begun: Reading = { most, runs: [], done: Promise.resolve(), ended: null };
    begun.done = (async () => {
      for await (const run of read(most)) {
        begun.runs.push(run);
        if (begun.runs.length === most) break;
      }
      begun.ended = Date.now();
      last = begun.runs;
    })();
    begun.done.catch(() => {
      if (reading === begun) reading = null;
    });
    return begun;
  };
  return async (most) => {
    const isOfUse =
      reading !== null &&
      reading.most >= most &&
      (reading.ended === null || Date.now() - reading.ended < lasts);
    const current = isOfUse && reading !== null ? reading : begin(most);
    reading = current;
    const is_whole = await isDoneInTime(current.done, wait);
    if (is_whole) {
      // Whoever asks next wants to know what has come since.
      if (reading === current) reading = null;
      return { runs: newestOf(current.runs, most), is_whole, left_to_read: 0 };
    }
    const now = new Set(current.runs.map(attemptOf));
    const before = last.filter((run) => !now.has(attemptOf(run)));
    return { runs: newestOf([...current.runs, ...before], most), is_whole, left_to_read: null };
  };
}

function attemptOf({ trace_id, run_id, run_attempt }: RunSummary): string {
  return `${trace_id} ${run_id} ${run_attempt}`;
}
