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

/** The suite of a file, with the contexts that it names. Throws a CommandError: 3 not there, 2 with all that is wrong. */
export async function suiteFrom(file: string): Promise<Suite> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw unreadable(file, error, 'docs/eval.md says what a suite is.');
  });
  const { suite, findings }: ReadSuite = readSuite(text);
  if (suite === null) {
    const lines = findings.map(({ line, detail }) => `${file}:${line}  ${detail}`);
    throw new CommandError(exitCodes.usage, lines.join('\n'), 'docs/eval.md says what a suite is.');
  }
  return { ...suite, goals: await Promise.all(suite.goals.map((entry) => withContext(file, entry))) };
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

/** The baseline beside a suite; null if there is none yet. */
export async function baselineFrom(place: string): Promise<Baseline | null> {
  const text = await readFile(place, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw unreadable(place, error);
  });
  if (text === null) return null;
  try {
    return readBaseline(text);
  } catch (error) {
    throw new CommandError(
      exitCodes.usage,
      `${place} is no baseline: ${(error as Error).message}.`,
      'Bring it back from version control, or delete it and pass --update-baseline.',
    );
  }
}

export function baselinePlace(suiteFile: string, named: string | undefined): string {
  return named ?? baselineName(suiteFile);
}
