import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { loadTraces, NotFoundError, type RunReading, readRuns } from '@agento/evidence';
import type { Terminal } from './terminal.ts';
import { loaded, type SourceOptions } from './trace-source.ts';

/**
 * The runs of several sources, one trace file at a time: trace ids, run ids, files, folders of traces, data folders. Throws
 * a CommandError: 3 not found, 2 not readable.
 */
export async function* readingsOf(
  terminal: Terminal,
  sources: readonly string[],
  options: SourceOptions,
): AsyncGenerator<RunReading> {
  for (const source of sources) {
    const files = await traceFilesIn(source);
    if (files === null) {
      const traces = await loaded(terminal, source, options, loadTraces);
      yield* traces.flatMap(readRuns);
      continue;
    }
    for (const file of files) {
      const traces = await loadTraces(file, { dataDir: source }).catch((error: unknown) => {
        // A folder may hold other JSON, too.
        if (error instanceof NotFoundError) return [];
        throw error;
      });
      yield* traces.flatMap(readRuns);
    }
  }
}

/** The trace files of a folder, or of a data folder; null if it is no folder. */
async function traceFilesIn(source: string): Promise<string[] | null> {
  const isFolder = await stat(source).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) return null;
  const folders = [source, path.join(source, 'traces')];
  const found = await Promise.all(
    folders.map(async (folder) => {
      const names = await readdir(folder).catch(() => []);
      return names.filter((name) => /\.jsonl?$/.test(name)).map((name) => path.join(folder, name));
    }),
  );
  return found.flat().sort();
}
