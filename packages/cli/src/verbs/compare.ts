import { existsSync } from 'node:fs';
import {
  beginSet,
  compareRuns,
  compareSets,
  type RunReading,
  type RunSet,
  runComparisonPage,
  setComparisonPage,
} from '@agento/evidence';
import { CommandError, type ExitCode, exitCodes } from '../exit-codes.ts';
import { isFolder } from '../is-folder.ts';
import { type PageOptions, writePage } from '../page-output.ts';
import { pnpm } from '../pnpm.ts';
import { readingsOf } from '../readings.ts';
import { runFrom } from '../run-source.ts';
import type { Terminal } from '../terminal.ts';
import type { SourceOptions } from '../trace-source.ts';

type CompareOptions = SourceOptions & PageOptions;

/** Entries of a list on a terminal; Markdown has all. */
const shownEntries = 10;

/** `agento compare`: what is different in the second of two runs, or of two sets of runs. */
export async function compare(
  terminal: Terminal,
  before: string,
  now: string,
  options: CompareOptions,
): Promise<ExitCode> {
  if (options.json && options.md) throw new CommandError(exitCodes.usage, 'It is either --json or --md.');
  const most = options.md ? Number.POSITIVE_INFINITY : shownEntries;
  const lists = [await listOf(before), await listOf(now)] as const;
  if (lists.every((list) => list === null)) {
    const comparison = compareRuns(
      await runOf(terminal, before, options),
      await runOf(terminal, now, options),
    );
    await writePage(terminal, comparison, runComparisonPage(comparison, most), options);
    return exitCodes.done;
  }
  const comparison = compareSets(
    await setOf(terminal, lists[0] ?? [before], options),
    await setOf(terminal, lists[1] ?? [now], options),
  );
  await writePage(terminal, comparison, setComparisonPage(comparison, most), options);
  return exitCodes.done;
}

/** The parts of a list, a folder by itself; null for one run. */
async function listOf(source: string): Promise<string[] | null> {
  if (await isFolder(source)) return [source];
  const parts = source.split(',').filter((part) => part !== '');
  return parts.length > 1 && !existsSync(source) ? parts : null;
}

async function setOf(terminal: Terminal, sources: string[], options: CompareOptions): Promise<RunSet> {
  const taken = beginSet();
  for (const source of sources) {
    if (!(await isFolder(source))) {
      taken.add(await runOf(terminal, source, options));
      continue;
    }
    const size = taken.set.members.length;
    for await (const reading of readingsOf(terminal, [source], options)) {
      if (reading.run_attempt === reading.run_attempts.at(-1)) taken.add(reading);
    }
    if (taken.set.members.length === size) {
      throw new CommandError(
        exitCodes.notFound,
        `There is no run in ${source}: none of its files, nor of its traces/, has one.`,
        `\`${pnpm} agento runs ${source}\` lists what there is.`,
      );
    }
  }
  return taken.set;
}

/** The run of a source; `file#7be0` is one of a file's several, `…@2` its second attempt. */
function runOf(terminal: Terminal, source: string, { jaeger }: CompareOptions): Promise<RunReading> {
  const [, file = source, run, attempt] = existsSync(source)
    ? []
    : (/^(.+?)(?:#([0-9a-f-]{4,36}))?(?:@([1-9]\d{0,3}))?$/i.exec(source) ?? []);
  return runFrom(
    terminal,
    file,
    {
      ...(jaeger !== undefined && { jaeger }),
      ...(run !== undefined && { run }),
      ...(attempt !== undefined && { attempt: Number(attempt) }),
    },
    `Name one as ${file}#<the beginning of its id>.`,
  );
}
