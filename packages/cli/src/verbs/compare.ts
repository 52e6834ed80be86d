import { compareRuns, type RunReading, runComparisonPage } from '@agento/evidence';
import { CommandError, type ExitCode, exitCodes } from '../exit-codes.ts';
import { type PageOptions, writePage } from '../page-output.ts';
import { runFrom } from '../run-source.ts';
import type { Terminal } from '../terminal.ts';
import type { SourceOptions } from '../trace-source.ts';

type CompareOptions = SourceOptions & PageOptions;

/** Entries of a list on a terminal; Markdown has all. */
const shownEntries = 10;

/** `agento compare`: what is different in the second of two runs. */
export async function compare(
  terminal: Terminal,
  before: string,
  now: string,
  options: CompareOptions,
): Promise<ExitCode> {
  if (options.json && options.md) throw new CommandError(exitCodes.usage, 'It is either --json or --md.');
  const comparison = compareRuns(await runOf(terminal, before, options), await runOf(terminal, now, options));
  const most = options.md ? Number.POSITIVE_INFINITY : shownEntries;
  await writePage(terminal, comparison, runComparisonPage(comparison, most), options);
  return exitCodes.done;
}

/** The run of a source; `file#7be0` is one of a file's several. */
function runOf(terminal: Terminal, source: string, { jaeger }: CompareOptions): Promise<RunReading> {
  const [, file = source, run] = /^(.+)#([0-9a-f-]{4,36})$/i.exec(source) ?? [];
  return runFrom(
    terminal,
    file,
    { ...(jaeger !== undefined && { jaeger }), ...(run !== undefined && { run }) },
    `Name one as ${file}#<the beginning of its id>.`,
  );
}
