import { whyNot } from '@agento/files';
import { CommandError, exitCodes } from './exit-codes.ts';

/** The end of a verb that was given a file it cannot read: 3 where there is none, else 2. */
export function unreadable(file: string, error: unknown, hint?: string): CommandError {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new CommandError(exitCodes.notFound, `No such file: ${file}.`, hint);
  return new CommandError(exitCodes.usage, `${file} cannot be read: ${whyNot(error)}.`, hint);
}

/** The end of a verb that cannot write a file. */
export function unwritable(file: string, error: unknown, hint?: string): CommandError {
  return new CommandError(exitCodes.usage, `${file} cannot be written: ${whyNot(error)}.`, hint);
}
