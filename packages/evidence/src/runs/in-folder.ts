import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { textOfBytes } from '../documents.ts';
import { parseTraces } from '../otlp-json.ts';
import { readRuns } from '../reading/index.ts';
import { namesIn, runFolders } from '../run-folders.ts';
import { traceFilesIn } from '../trace-files.ts';
import { summaryOfOutputs } from './from-outputs.ts';
import { type RunSummary, summaryOf } from './summary.ts';

/**
 * The runs of a data folder, or of a folder of trace files, those last written first: each trace is read when it is its
 * turn. A run whose trace is elsewhere is told by its outputs.
 *
 * @param since milliseconds since 1970: files that were written before are left out
 * @param read reads the runs of a trace file; `written` changes when the file does
 */
export async function* runsInFolder(
  folder: string,
  since: number,
  read: (file: string, written: number) => AsyncIterable<RunSummary> = runsInFile,
): AsyncGenerator<RunSummary> {
  const files = traceFilesIn(folder);
  const traced = new Set(files.map((file) => path.basename(file, '.jsonl')));
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
  dated.sort((one, other) => other.written - one.written);
  for (const { file, isTrace, written } of dated) {
    if (written < since) return;
    if (isTrace) yield* read(file, written);
    else {
      const summary = await summaryOfOutputs(file, (traceId) => traced.has(traceId));
      if (summary) yield summary;
    }
  }
}

/** The runs of a file of traces, the newest first. */
export async function* runsInFile(file: string): AsyncGenerator<RunSummary> {
  const readings = parseTraces(textOfBytes(await readFile(file))).flatMap(readRuns);
  yield* readings.map(summaryOf).sort((one, other) => other.started_ms - one.started_ms);
}
