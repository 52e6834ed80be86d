import { EnvironmentError, printableLines } from '@agento/contracts';
import { whyNot } from '@agento/files';
import { CommanderError } from 'commander';
import { withEnvFile } from './environment.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
import { createProgram } from './program.ts';
import { styleOf, type Terminal } from './terminal.ts';

/**
 * Runs the command line `arguments_` (without node and script) and gives the code to exit with. Prints every
 * error it expects; rejects only on a fault of the program's own.
 */
export async function run(arguments_: string[], world: Terminal): Promise<number> {
  // A child of `start` was given everything it needs.
  const supervised = world.env.AGENTO_SUPERVISED === '1';
  let terminal = world;
  const complain = (message: string, hint?: string) => {
    const { red, dim } = styleOf(terminal.stderr, terminal.env);
    // Either may contain foreign text: of other programs, of files and their names.
    terminal.stderr.write(`${red('✖')} ${printableLines(message)}\n`);
    if (hint) terminal.stderr.write(`${dim('→')} ${printableLines(hint)}\n`);
  };
  try {
    if (!supervised) terminal = { ...world, env: withEnvFile(world.env) };
    const { program, exitCode } = createProgram(terminal);
    await program.parseAsync(arguments_, { from: 'user' });
    return exitCode();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    if (terminal.interrupted.aborted) {
      terminal.stderr.write(`${styleOf(terminal.stderr, terminal.env).dim('interrupted')}\n`);
      return exitCodes.interrupted;
    }
    if (error instanceof EnvironmentError) {
      for (const problem of error.problems) complain(problem);
      return exitCodes.usage;
    }
    if (!(error instanceof CommandError)) {
      // An operating system error is not a bug of this program: no stack.
      const { syscall, path = syscall } = error as NodeJS.ErrnoException;
      if (path === undefined) throw error;
      complain(`${path}: ${whyNot(error)}`);
      return exitCodes.failed;
    }
    complain(error.message, error.hint);
    return error.exitCode;
  }
}
