import { readFile } from 'node:fs/promises';
import { printable } from '@agento/contracts';
import { compareLegacy, type LegacyDifference } from '@agento/evidence';
import { CommandError, type ExitCode, exitCodes } from '../exit-codes.ts';
import { styleOf, type Terminal } from '../terminal.ts';
import { type SourceOptions, traceFrom } from '../trace-source.ts';
import { unreadable } from '../unreadable.ts';

/** `agento legacy compare`: a legacy file held against the trace of the same run, while migrating from it. */
export async function legacyCompare(
  terminal: Terminal,
  file: string,
  source: string,
  options: SourceOptions,
): Promise<ExitCode> {
  const { red, green, bold } = styleOf(terminal.stdout, terminal.env);
  const legacy = await readFile(file, 'utf8').catch((error: Error) => {
    throw unreadable(file, error, 'Pass the manual_traces.json of a module.');
  });
  const trace = await traceFrom(terminal, source, options);
  let differences: LegacyDifference[];
  try {
    differences = compareLegacy(legacy, trace);
  } catch (error) {
    throw new CommandError(exitCodes.usage, printable((error as Error).message));
  }
  for (const { kind, stage, span_id, detail } of differences) {
    terminal.stdout.write(`${red('✖')} ${bold(kind)}  ${printable(`${stage} ${span_id}  ${detail}`)}\n`);
  }
  const count = differences.length === 1 ? '1 difference' : `${differences.length} differences`;
  terminal.stdout.write(`${differences.length === 0 ? green('✔') : red('✖')} ${printable(file)}: ${count}\n`);
  return differences.length === 0 ? exitCodes.done : exitCodes.failed;
}
