import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { textOfBytes } from '../documents.ts';
import { parseTraces } from '../otlp-json.ts';
import { readRuns } from '../reading/index.ts';
import { namesIn, runFolders } from '../run-folders.ts';
import { traceFilesIn } from '../trace-files.ts';
import { summaryOfOutputs } from './from-outputs.ts';
import { type RunSummary, summaryOf } from './summary.ts';

/** Where runs are told of: a file of traces, or the folder with the outputs of an attempt at a run. */
export interface RunPlace {
  file: string;
  isTrace: boolean;
  /** When it was last changed, in milliseconds since 1970. */
  written: number;
}

/**
 * The runs of a data folder, or of a folder of trace files, those last written first: each trace is read when it is its
 * turn. A run whose trace is elsewhere is told by its outputs.
 *
 * @param since milliseconds since 1970: files that were written before are left out
 */
export async function* runsInFolder(
  folder: string,
  since: number,
  read: (place: RunPlace) => AsyncIterable<RunSummary> = runsAt,
): AsyncGenerator<RunSummary> {
  const files = traceFilesIn(folder);
  const traced = new Set(files.map((file) => path.basename(file, '.jsonl')));
  const told = new Set<string>();
  for (const place of await placesIn(folder, files)) {
    if (place.written < since) return;
    // Most outputs are of a run whose trace, written last, has told it already.
    if (!place.isTrace && told.has(attemptOf(place.file))) continue;
    for await (const run of read(place)) {
      if (place.isTrace) told.add(`${run.run_id} ${run.run_attempt}`);
      else if (traced.has(run.trace_id)) continue;
      yield run;
    }
  }
}

/** What a place tells. */
export async function* runsAt({ file, isTrace }: RunPlace): AsyncGenerator<RunSummary> {
  if (isTrace) return yield* runsInFile(file);
  const summary = await summaryOfOutputs(file);
  if (summary) yield summary;
}

/** The runs of a file of traces, the newest first. */
export async function* runsInFile(file: string): AsyncGenerator<RunSummary> {
  const readings = parseTraces(textOfBytes(await readFile(file))).flatMap(readRuns);
  yield* readings.map(summaryOf).sort((one, other) => other.started_ms - one.started_ms);
}

async function placesIn(folder: string, files: string[]): Promise<RunPlace[]> {
  const runs = namesIn(path.join(folder, 'runs')).filter((name) => !name.startsWith('.'));
  const places = [
    ...files.map((file) => ({ file, isTrace: true })),
    ...runs.flatMap((id) => runFolders(folder, id)).map((file) => ({ file, isTrace: false })),
  ];
  const dated = await Promise.all(
    places.map(async (place) => ({
      ...place,
      written: await stat(place.file).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    })),
  );
  return dated.sort((one, other) => other.written - one.written);
}

/** The attempt that a folder of outputs is of, by its name (runFolders). */
function attemptOf(folder: string): string {
  const [, run, attempt] = /([^/\\]+)[/\\]attempts[/\\](\d+)$/.exec(folder) ?? [];
  return run === undefined ? `${path.basename(folder)} 1` : `${run} ${attempt}`;
}
