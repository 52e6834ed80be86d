import { stat } from 'node:fs/promises';
import {
  type JaegerAddress,
  loadTraces,
  monthBack,
  NotFoundError,
  type RunReading,
  type RunSummary,
  readingsIn,
  readingsInTraces,
  readRuns,
  runsInFolder,
  summaryOf,
  type Trace,
  traceFilesIn,
  tracesInJaeger,
  type Unread,
} from '@agento/evidence';
import { tracesByContent } from './files-of-run.ts';
import { type KeptSummaries, keptSummaries } from './kept-summaries.ts';
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
  /**
   * Those whose traces are there, read one after another, the newest first, at most that many. A trace that cannot be
   * read, or holds no run, is told to `skip`.
   */
  readings(most: number, skip: (unread: Unread) => void): AsyncIterable<RunReading>;
  /** The traces of a run, by its id or its trace's. Rejects with a NotFoundError. */
  traces(id: string): Promise<Trace[]>;
  /** Removes the traces of all attempts at a run. Rejects with a NotFoundError or a NotRemovedError. */
  remove(id: string): Promise<void>;
}

/** A data folder with `traces/`, or a folder of trace files. */
export function folderSource(dataDir: string): EvidenceSource {
  let kept: Promise<KeptSummaries> | null = null;
  const summaries = () => {
    kept ??= keptSummaries(dataDir);
    return kept;
  };
  const byContent = tracesByContent(dataDir);
  // Two at once in the same file would each write back what the other removed.
  let removing: Promise<unknown> = Promise.resolve();
  return {
    place: dataDir,
    isFolder: true,
    async runs(most) {
      const { read, save } = await summaries();
      const runs = await newest(runsInFolder(dataDir, 0, read), most);
      await save();
      return runs;
    },
    readings: (most, skip) => first(readingsInFiles(dataDir, skip), most),
    traces: (id) =>
      loadTraces(id, { dataDir }).catch(async (error) => {
        const found = error instanceof NotFoundError ? await byContent(id) : [];
        if (found.length === 0) throw error;
        return found;
      }),
    remove(id) {
      const removed = removing.then(async () => {
        await removeRun(dataDir, id);
        await (await summaries()).save();
      });
      removing = removed.catch(() => {});
      return removed;
    },
  };
}

/** Those of the files last written first. */
async function* readingsInFiles(dataDir: string, skip: (unread: Unread) => void): AsyncGenerator<RunReading> {
  const files = await Promise.all(
    traceFilesIn(dataDir).map(async (file) => ({
      file,
      written: await stat(file).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    })),
  );
  for (const { file } of files.sort((one, other) => other.written - one.written)) {
    const readings = await Array.fromAsync(readingsIn(file, 0, skip));
    yield* readings.sort((one, other) => other.started_ms - one.started_ms);
  }
}

export function jaegerSource(jaeger: JaegerAddress): EvidenceSource {
  const newestTraces = (most: number) => {
    const until = Date.now();
    return tracesInJaeger(jaeger, { since: until - monthBack, until, most });
  };
  const summaries = async function* (most: number) {
    for await (const trace of newestTraces(most)) yield* readRuns(trace).map(summaryOf);
  };
  const readings = async function* (most: number, skip: (unread: Unread) => void) {
    for await (const trace of newestTraces(most)) yield* readingsInTraces([trace], trace.trace_id, skip);
  };
  return {
    place: publicAddress(jaeger.url) ?? jaeger.url,
    isFolder: false,
    runs: (most) => newest(summaries(most), most),
    readings: (most, skip) => first(readings(most, skip), most),
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
  const found = await Array.fromAsync(first(runs, most));
  return found.sort((one, other) => other.started_ms - one.started_ms);
}

async function* first<T>(all: AsyncIterable<T>, most: number): AsyncGenerator<T> {
  let count = 0;
  for await (const one of all) {
    yield one;
    count += 1;
    if (count === most) return;
  }
}
