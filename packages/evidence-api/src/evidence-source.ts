import {
  type JaegerAddress,
  loadTraces,
  monthBack,
  NotFoundError,
  type RunReading,
  readingsInTraces,
  readRuns,
  summaryOf,
  type Trace,
  tracesInJaeger,
  type Unread,
} from '@agento/evidence';
import { type Digest, digestsOf } from './digests.ts';
import { tracesByContent } from './files-of-run.ts';
import { folderList } from './folder-list.ts';
import { jaegerList } from './jaeger-list.ts';
import { publicAddress } from './public-address.ts';
import { readTraces, runsOf } from './read-traces.ts';
import { NotRemovedError, removeRun } from './remove-run.ts';
import type { RunList } from './run-list.ts';

/** Where the evidence of runs lies; what is not there is a NotFoundError. */
export interface EvidenceSource {
  /** In words, for people: a folder or an address. */
  place: string;
  /** Whether single traces can be removed from it. */
  isFolder: boolean;
  /** The newest, at most that many, as far as they are read within a moment. */
  runs(most: number): Promise<RunList>;
  /**
   * Of those whose traces are there, what a view needs of each, one after another, the newest first, at most that many. A
   * trace that cannot be read, or holds no run, is told to `skip`.
   */
  digests<T>(digest: Digest<T>, most: number, skip: (unread: Unread) => void): AsyncIterable<T>;
  /** The traces of a run, by its id or its trace's. Rejects with a NotFoundError. */
  traces(id: string): Promise<Trace[]>;
  /** Removes the traces of all attempts at a run. Rejects with a NotFoundError or a NotRemovedError. */
  remove(id: string): Promise<void>;
}

/** A data folder with `traces/`, or a folder of trace files. */
export function folderSource(dataDir: string): EvidenceSource {
  const [list, digests, read] = [folderList(dataDir), digestsOf(dataDir), readTraces()];
  const byContent = tracesByContent(dataDir, read.parse);
  // Two at once in the same file would each write back what the other removed.
  let removing: Promise<unknown> = Promise.resolve();
  return {
    place: dataDir,
    isFolder: true,
    runs: list.runs,
    digests: (digest, most, skip) => first(digests.each(digest, skip), most),
    traces: (id) =>
      loadTraces(id, { dataDir, parse: read.parse }).catch(async (error) => {
        const found = error instanceof NotFoundError ? await byContent(id) : [];
        if (found.length === 0) throw error;
        return found;
      }),
    remove(id) {
      const removed = removing.then(async () => {
        await removeRun(dataDir, id);
        digests.forget();
        read.forget();
        await list.forgetChanged();
      });
      removing = removed.catch(() => {});
      return removed;
    },
  };
}

export function jaegerSource(jaeger: JaegerAddress): EvidenceSource {
  const newestTraces = (most: number) => {
    const until = Date.now();
    return tracesInJaeger(jaeger, { since: until - monthBack, until, most });
  };
  const summaries = async function* (most: number) {
    for await (const trace of newestTraces(most)) yield* readRuns(trace).map(summaryOf);
  };
  const digests = async function* <T>(digest: Digest<T>, most: number, skip: (unread: Unread) => void) {
    for await (const trace of newestTraces(most))
      yield* readingsInTraces([trace], trace.trace_id, skip).map(digest);
  };
  return {
    place: publicAddress(jaeger.url) ?? jaeger.url,
    isFolder: false,
    runs: jaegerList(summaries),
    digests: (digest, most, skip) => first(digests(digest, most, skip), most),
    traces: (id) => loadTraces(id, { dataDir: '', jaeger }),
    remove: async () => {
      throw new NotRemovedError(
        `The trace is in Jaeger (${publicAddress(jaeger.url) ?? jaeger.url}), which deletes no single one: it goes when its retention ends.`,
      );
    },
  };
}

/** The attempt at the run, the latest if none is named. Rejects with a NotFoundError. */
export async function readingOf(
  source: EvidenceSource,
  id: string,
  attempt?: number,
): Promise<{ reading: RunReading; trace: Trace }> {
  const traces = await source.traces(id);
  const read = traces.flatMap((trace) => runsOf(trace).map((reading) => ({ reading, trace })));
  const own = read.filter(({ reading }) => reading.run_id.toLowerCase() === id.toLowerCase());
  const runs = (own.length > 0 ? own : read).sort(
    (one, other) => one.reading.run_attempt - other.reading.run_attempt,
  );
  const wanted = runs.find(
    ({ reading }) => reading.run_attempt === (attempt ?? runs.at(-1)?.reading.run_attempt),
  );
  if (wanted) return wanted;
  const numbers = runs.map(({ reading }) => reading.run_attempt).join(', ');
  throw new NotFoundError(
    runs.length === 0
      ? `The trace of ${id} holds none of Agento's modules.`
      : `The run has no attempt ${attempt}. There are ${numbers}.`,
  );
}

async function* first<T>(all: AsyncIterable<T>, most: number): AsyncGenerator<T> {
  let count = 0;
  for await (const one of all) {
    yield one;
    count += 1;
    if (count === most) return;
  }
}
