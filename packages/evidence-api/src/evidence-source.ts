import {
  type JaegerAddress,
  loadTraces,
  monthBack,
  NotFoundError,
  type RunReading,
  type RunSummary,
  readRuns,
  runsInFile,
  runsInFolder,
  summaryOf,
  type Trace,
  tracesInJaeger,
} from '@agento/evidence';
import { publicAddress } from './public-address.ts';
import { NotRemovedError, removeRun } from './remove-run.ts';

/** Where the evidence of runs lies; what is not there is a NotFoundError. */
export interface EvidenceSource {
  /** In words, for people: a folder or an address. */
  place: string;
  /** Whether single traces can be removed from it. */
  isFolder: boolean;
  /** The newest first, at most that many. */
  runs(most: number): Promise<RunSummary[]>;
  /** The traces of a run, by its id or its trace's. Rejects with a NotFoundError. */
  traces(id: string): Promise<Trace[]>;
  /** Removes the traces of all attempts at a run. Rejects with a NotFoundError or a NotRemovedError. */
  remove(id: string): Promise<void>;
}

/** A data folder with `traces/`, or a folder of trace files. */
export function folderSource(dataDir: string): EvidenceSource {
  // Reading all traces again for each list would take seconds.
  const known = new Map<string, { written: number; runs: RunSummary[] }>();
  const read = async function* (file: string, written: number) {
    const before = known.get(file);
    if (before?.written === written) return yield* before.runs;
    const runs = await Array.fromAsync(runsInFile(file));
    known.set(file, { written, runs });
    yield* runs;
  };
  // Two at once in the same file would each write back what the other removed.
  let removing: Promise<unknown> = Promise.resolve();
  return {
    place: dataDir,
    isFolder: true,
    runs: (most) => newest(runsInFolder(dataDir, 0, read), most),
    traces: (id) => loadTraces(id, { dataDir }),
    remove(id) {
      const removed = removing.then(() => removeRun(dataDir, id));
      removing = removed.catch(() => {});
      return removed;
    },
  };
}

export function jaegerSource(jaeger: JaegerAddress): EvidenceSource {
  const summaries = async function* (most: number) {
    const until = Date.now();
    for await (const trace of tracesInJaeger(jaeger, { since: until - monthBack, until, most }))
      yield* readRuns(trace).map(summaryOf);
  };
  return {
    place: publicAddress(jaeger.url) ?? jaeger.url,
    isFolder: false,
    runs: (most) => newest(summaries(most), most),
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
  const read = traces.flatMap((trace) => readRuns(trace).map((reading) => ({ reading, trace })));
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

async function newest(runs: AsyncIterable<RunSummary>, most: number): Promise<RunSummary[]> {
  const first: RunSummary[] = [];
  for await (const run of runs) {
    first.push(run);
    if (first.length === most) break;
  }
  return first.sort((one, other) => other.started_ms - one.started_ms);
}
