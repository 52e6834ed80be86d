import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { limits } from '@agento/contracts';
import {
  type Baseline,
  baselineName,
  type Case,
  type ReadSuite,
  readBaseline,
  readSuite,
  type Suite,
} from '@agento/evidence/eval';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { checkSize, readText } from '../goal-input.ts';
import { unreadable } from '../unreadable.ts';

const whatItIs = 'docs/eval.md says what a suite is.';
/** A suite of some thousand goals; reading YAML takes a thousand times its length in memory. */
const mostBytes = 1_048_576;
/** Most findings that are told. */
const mostTold = 20;

/** The suite of a file, with the contexts that it names. Throws a CommandError: 3 not there, 2 with all that is wrong. */
export async function suiteFrom(file: string): Promise<Suite> {
  const { suite, findings }: ReadSuite = readSuite(await suiteText(file));
  if (suite === null) {
    const lines = findings.slice(0, mostTold).map(({ line, detail }) => `${file}:${line}  ${detail}`);
    const more = findings.length - lines.length;
    if (more > 0) lines.push(`and ${more} more`);
    throw new CommandError(exitCodes.usage, lines.join('\n'), whatItIs);
  }
  return { ...suite, goals: await Promise.all(suite.goals.map((entry) => withContext(file, entry))) };
}

/** The text of a suite's file. Throws a CommandError: 3 not there, 2 too long, or no text. */
export async function suiteText(file: string): Promise<string> {
  try {
    return await readText(createReadStream(file), file, { most: mostBytes, hint: whatItIs });
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw unreadable(file, error, whatItIs);
  }
}

async function withContext(file: string, { context_file, ...entry }: Case): Promise<Case> {
  if (context_file === undefined) return entry;
  const place = path.resolve(path.dirname(file), context_file);
  try {
    const context = checkSize('context', await readText(createReadStream(place), place), limits.context);
    return { ...entry, context };
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw unreadable(place, error, `The goal ${entry.id} of ${file} names it as context_file.`);
  }
}

/**
 * The baseline of a suite; null if there is none yet. Throws a CommandError for one of another suite, and for one that is
 * named, not there, and not to be written either.
 */
export async function baselineFrom(
  place: string,
  { suite }: Suite,
  { baseline: named, updateBaseline }: { baseline?: string; updateBaseline?: boolean },
): Promise<Baseline | null> {
  const text = await readFile(place, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && (named === undefined || updateBaseline)) return null;
    throw unreadable(place, error, '--update-baseline makes one.');
  });
  if (text === null) return null;
  let baseline: Baseline;
  try {
    baseline = readBaseline(text);
  } catch (error) {
    throw new CommandError(
      exitCodes.usage,
      `${place} is no baseline: ${(error as Error).message}.`,
      'Bring it back from version control, or delete it and pass --update-baseline.',
    );
  }
  if (baseline.suite === suite) return baseline;
  throw new CommandError(
    exitCodes.usage,
    `${place} is the baseline of the suite ${baseline.suite}, not of ${suite}.`,
    'Name the right one with --baseline; if the suite was renamed, write its new name into the baseline.',
  );
}

export function baselinePlace(suiteFile: string, named: string | undefined): string {
  return named ?? baselineName(suiteFile);
}
