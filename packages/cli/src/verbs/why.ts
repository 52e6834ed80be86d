import { why as explained, usualDepth } from '@agento/evidence';
import type { ExitCode } from '../exit-codes.ts';
import { linkedRuns } from '../linked-runs.ts';
import { printShown, type ShownOptions } from '../print-shown.ts';
import type { Terminal } from '../terminal.ts';

interface WhyOptions extends ShownOptions {
  text?: string;
  /** How many links away from what is asked about; `all`. */
  depth?: number | 'all';
  from?: string[];
}

/** `agento why`: the chain of evidence from a thing, or a passage of the plan, back to the goal. */
export function why(
  terminal: Terminal,
  source: string,
  words: string[],
  options: WhyOptions,
): Promise<ExitCode> {
  const { text, json, md } = options;
  // Only what is read on a terminal is short by itself.
  const { depth = json || md ? 'all' : usualDepth } = options;
  return printShown(terminal, source, options, async (reading, all) => {
    const elsewhere = await linkedRuns(terminal, reading, options);
    return explained(reading, {
      words,
      text,
      depth: depth === 'all' ? undefined : depth,
      others: [...all, ...elsewhere],
    });
  });
}
