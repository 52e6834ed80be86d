import { readFile } from 'node:fs/promises';
import { printable } from '@agento/contracts';
import { GuardrailFileError, type Guardrails, readGuardrails } from '@agento/guardrails';
import { CommandError, exitCodes } from './exit-codes.ts';
import { unreadable } from './unreadable.ts';

/** The guardrails of a file. Throws a CommandError with all that is wrong in it. */
export async function guardrailsFrom(file: string): Promise<Guardrails> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw unreadable(printable(file), error);
  });
  try {
    return readGuardrails(text);
  } catch (error) {
    if (!(error instanceof GuardrailFileError)) throw error;
    const problems = error.problems.map((problem) => `  ${printable(problem)}`);
    throw new CommandError(
      exitCodes.usage,
      [`${printable(file)} cannot be used:`, ...problems].join('\n'),
      'docs/guardrails.md says how to write one.',
    );
  }
}
