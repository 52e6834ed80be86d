import { show as shown } from '@agento/evidence';
import type { ExitCode } from '../exit-codes.ts';
import { printShown, type ShownOptions } from '../print-shown.ts';
import type { Terminal } from '../terminal.ts';

/** `agento show`: a run, or what the words mean in it. */
export function show(
  terminal: Terminal,
  source: string,
  what: string[],
  options: ShownOptions,
): Promise<ExitCode> {
  return printShown(terminal, source, options, (reading) => shown(reading, what));
}
