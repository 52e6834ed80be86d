import { NotShownError, type Shown, show as shown } from '@agento/evidence';
import { CommandError, type ExitCode, exitCodes } from '../exit-codes.ts';
import { type PageOptions, writePage } from '../page-output.ts';
import { type RunOptions, runFrom } from '../run-source.ts';
import type { Terminal } from '../terminal.ts';

/** `agento show`: a run, or what the words mean in it. */
export async function show(
  terminal: Terminal,
  source: string,
  what: string[],
  options: RunOptions & PageOptions,
): Promise<ExitCode> {
  if (options.json && options.md) {
    throw new CommandError(exitCodes.usage, 'It is either --json or --md.');
  }
  const reading = await runFrom(terminal, source, options);
  let found: Shown;
  try {
    found = shown(reading, what);
  } catch (error) {
    if (error instanceof NotShownError) throw new CommandError(exitCodes.notFound, error.message);
    throw error;
  }
  await writePage(terminal, found.data, found.page, options);
  return exitCodes.done;
}
