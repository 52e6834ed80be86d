import { NotShownError, type RunReading, type Shown } from '@agento/evidence';
import { CommandError, type ExitCode, exitCodes } from './exit-codes.ts';
import { type PageOptions, writePage } from './page-output.ts';
import { type RunOptions, runAmongOthers } from './run-source.ts';
import type { Terminal } from './terminal.ts';

export type ShownOptions = RunOptions & PageOptions;

/** Reads a run and prints what is found in it, on a terminal, as JSON or as Markdown; `look` is given all runs of the source, too. */
export async function printShown(
  terminal: Terminal,
  source: string,
  options: ShownOptions,
  look: (reading: RunReading, all: RunReading[]) => Shown | Promise<Shown>,
): Promise<ExitCode> {
  if (options.json && options.md) {
    throw new CommandError(exitCodes.usage, 'It is either --json or --md.');
  }
  const { run, all } = await runAmongOthers(terminal, source, options);
  let found: Shown;
  try {
    found = await look(run, all);
  } catch (error) {
    if (error instanceof NotShownError) throw new CommandError(exitCodes.notFound, error.message);
    throw error;
  }
  await writePage(terminal, found.data, found.page, options);
  return exitCodes.done;
}
