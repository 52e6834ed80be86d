import { printable } from '@agento/contracts';
import { loadTrace, NotFoundError, type Trace, type TraceSources, traceFilesIn } from '@agento/evidence';
import { dataDirectory } from './environment.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
import { jaegerAt } from './in-jaeger.ts';
import { isFolder } from './is-folder.ts';
import type { Terminal } from './terminal.ts';
import { unreadable } from './unreadable.ts';

export interface SourceOptions {
  jaeger?: string;
}

/** The trace that a trace id, run id or file names. Throws a CommandError: 3 not found, 2 not readable. */
export function traceFrom(terminal: Terminal, source: string, options: SourceOptions): Promise<Trace> {
  return loaded(terminal, source, options, loadTrace);
}

/** What is loaded of a source. Throws a CommandError: 3 not found, 2 not readable. */
export async function loaded<T>(
  terminal: Terminal,
  source: string,
  { jaeger }: SourceOptions,
  load: (source: string, sources: TraceSources) => Promise<T>,
): Promise<T> {
  const dataDir = dataDirectory(terminal.env);
  try {
    return await load(
      source,
      jaeger === undefined ? { dataDir } : { dataDir, jaeger: jaegerAt(jaeger, terminal.env) },
    );
  } catch (error) {
    if (error instanceof NotFoundError) {
      const message = (await isFolder(source)) ? folderMessage(source) : error.message;
      throw new CommandError(exitCodes.notFound, printable(message));
    }
    // The file in question is the source, or the one that its id names.
    const { path = source } = error as NodeJS.ErrnoException;
    throw unreadable(printable(path), error);
  }
}

function folderMessage(folder: string): string {
  const [file] = traceFilesIn(folder);
  return file === undefined
    ? `${folder} is a folder without trace files (.json, .jsonl).`
    : `${folder} is a folder: pass a file in it, as ${file}.`;
}
