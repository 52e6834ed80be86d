import { why as explained } from '@agento/evidence';
import type { ExitCode } from '../exit-codes.ts';
import { printShown, type ShownOptions } from '../print-shown.ts';
import type { Terminal } from '../terminal.ts';

/** `agento why`: the chain of evidence from a thing, or a passage of the plan, back to the goal. */
export function why(
  terminal: Terminal,
  source: string,
  words: string[],
  options: ShownOptions & { text?: string },
): Promise<ExitCode> {
  return printShown(terminal, source, options, (reading) =>
    explained(reading, { words, text: options.text }),
  );
}
