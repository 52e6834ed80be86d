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
import { agento } from '../invocation.ts';
import { isFolder } from '../is-folder.ts';
import { type PageOptions, writePage } from '../page-output.ts';
import { readingsOf } from '../readings.ts';
import { runFrom } from '../run-source.ts';
import type { Terminal } from '../terminal.ts';
import type { SourceOptions } from '../trace-source.ts';

interface CompareOptions extends SourceOptions, PageOptions {
  /** Of each side, the attempt that is meant; without it the last. */
  attempt?: [before: number, now: number];
}

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
      await runOf(terminal, before, options, 0),
      await runOf(terminal, now, options, 1),
    );
    await writePage(terminal, comparison, runComparisonPage(comparison, most), options);
    return exitCodes.done;
  }
  const comparison = compareSets(
    await setOf(terminal, lists[0] ?? [before], options, 0),
    await setOf(terminal, lists[1] ?? [now], options, 1),
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

async function setOf(
  terminal: Terminal,
  sources: string[],
  options: CompareOptions,
  side: 0 | 1,
): Promise<RunSet> {
  const attempt = options.attempt?.[side];
  const taken = beginSet();
  for (const source of sources) {
    if (!(await isFolder(source))) {
      taken.add(await runOf(terminal, source, options, side));
      continue;
    }
    const size = taken.set.members.length;
    for await (const reading of readingsOf(terminal, [source], options)) {
      if (reading.run_attempt === (attempt ?? reading.run_attempts.at(-1))) taken.add(reading);
    }
    if (taken.set.members.length === size) {
      throw new CommandError(
        exitCodes.notFound,
        attempt === undefined
          ? `There is no run in ${source}: none of its files, nor of its traces/, has one.`
          : `No run in ${source} has an attempt ${attempt}.`,
        `\`${agento} runs ${source}\` lists what there is.`,
      );
    }
  }
  return taken.set;
}

/** The run of a source; `file#7be0` is one of a file's several. */
function runOf(
  terminal: Terminal,
  source: string,
  { jaeger, attempt }: CompareOptions,
  side: 0 | 1,
): Promise<RunReading> {
  const [, file = source, run] = /^(.+)#([0-9a-f-]{4,36})$/i.exec(source) ?? [];
  return runFrom(
    terminal,
    file,
    {
      ...(jaeger !== undefined && { jaeger }),
      ...(run !== undefined && { run }),
      ...(attempt && { attempt: attempt[side] }),
    },
    `Name one as ${file}#<the beginning of its id>.`,
  );
}
