import type { RunSummary } from '@agento/evidence';

/** The newest runs, as far as they have been read. */
export interface RunList {
  /** The newest first. */
  runs: RunSummary[];
  /** Whether these are all that were asked for; if not, the reading goes on, and the next answer has more. */
  is_whole: boolean;
  /** How many traces are still to be read; null where nobody knows (Jaeger). */
  left_to_read: number | null;
}

/** How long a list may take before it is answered with what there is, in milliseconds. */
export const patience = 300;

/** Whether it was done before patience ended; rejects where it did before that. */
export async function isDoneInTime(work: Promise<unknown>, patience: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, patience, false);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** At most so many, the newest first. */
export function newestOf(runs: RunSummary[], most: number): RunSummary[] {
  return runs.toSorted((one, other) => other.started_ms - one.started_ms).slice(0, most);
}
