import { printable } from '@agento/contracts';
import { loadTrace, NotFoundError, type Trace } from '@agento/evidence';
import { dataDirectory } from './environment.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

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
    const message = printable((error as Error).message);
    if (error instanceof NotFoundError) throw new CommandError(exitCodes.notFound, message);
    throw new CommandError(exitCodes.usage, `${printable(source)} cannot be read: ${message}`);
  }
}
