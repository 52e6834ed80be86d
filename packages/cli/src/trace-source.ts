import { stat } from 'node:fs/promises';
import { printable } from '@agento/contracts';
import { loadTrace, NotFoundError, type Trace } from '@agento/evidence';
import { dataDirectory } from './environment.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';
import { unreadable } from './unreadable.ts';

export interface SourceOptions {
  jaeger?: string;
}

/** The trace that a trace id, run id or file names. Throws a CommandError: 3 not found, 2 not readable. */
export async function traceFrom(
  terminal: Terminal,
  source: string,
  { jaeger }: SourceOptions,
): Promise<Trace> {
  const dataDir = dataDirectory(terminal.env);
  try {
    return await loadTrace(source, jaeger === undefined ? { dataDir } : { dataDir, jaegerUrl: jaeger });
  } catch (error) {
    if (error instanceof NotFoundError) {
      const isFolder = await stat(source).then(
        (found) => found.isDirectory(),
        () => false,
      );
      const message = isFolder ? `${source} is a folder: pass a file in it.` : error.message;
      throw new CommandError(exitCodes.notFound, printable(message));
    }
    // The file in question is the source, or the one that its id names.
    const { path = source } = error as NodeJS.ErrnoException;
    throw unreadable(printable(path), error);
  }
}
