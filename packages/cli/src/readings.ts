import { printable } from '@agento/contracts';
import { loadTraces, type RunReading, readingsIn, readRuns } from '@agento/evidence';
import { isFolder } from './is-folder.ts';
import type { Terminal } from './terminal.ts';
import { loaded, type SourceOptions } from './trace-source.ts';
import { unreadable } from './unreadable.ts';

/**
 * The runs of several sources, one trace file at a time: trace ids, run ids, files, folders of traces, data folders.
 * Throws a CommandError: 3 not found, 2 not readable.
 */
export async function* readingsOf(
  terminal: Terminal,
  sources: readonly string[],
  options: SourceOptions,
): AsyncGenerator<RunReading> {
  for (const source of sources) {
    if (await isFolder(source)) {
      yield* readingsIn(source, 0, (unread, error) => {
        // A folder may hold other JSON, too.
        if (error !== undefined) throw unreadable(printable(unread.source), error);
      });
    } else {
      const traces = await loaded(terminal, source, options, loadTraces);
      yield* traces.flatMap(readRuns);
    }
  }
}
