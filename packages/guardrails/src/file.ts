import { readFileSync } from 'node:fs';
import path from 'node:path';
import { EnvironmentError } from '@agento/contracts';
import { whyNot } from '@agento/files';
import { GuardrailFileError, type Guardrails, readGuardrails } from './read.ts';

/**
 * The guardrails that AGENTO_GUARDRAILS names; null where it is unset. A path is meant from `root`.
 *
 * @throws EnvironmentError with everything that is wrong in the file, a line each
 */
export function guardrailsOfFile(given: string, root: string): Guardrails | null {
  if (given === '') return null;
  const file = path.resolve(root, given);
  const say = (what: string) => `AGENTO_GUARDRAILS: ${file}: ${what}`;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new EnvironmentError([say(`it cannot be read: ${whyNot(error)}`)]);
  }
  try {
    return readGuardrails(text);
  } catch (error) {
    if (error instanceof GuardrailFileError) throw new EnvironmentError(error.problems.map(say));
    throw error;
  }
}
