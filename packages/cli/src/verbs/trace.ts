import { renderTree } from '@agento/evidence';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { styleOf, type Terminal } from '../terminal.ts';
import { type SourceOptions, traceFrom } from '../trace-source.ts';

/** `agento trace`: a trace as a tree. */
export async function trace(terminal: Terminal, source: string, options: SourceOptions): Promise<ExitCode> {
  const found = await traceFrom(terminal, source, options);
  const color = styleOf(terminal.stdout, terminal.env).isColorSupported;
  terminal.stdout.write(`${renderTree(found, { color }).trimEnd()}\n`);
  return exitCodes.done;
}
