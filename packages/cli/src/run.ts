import { EnvironmentError, printableLines } from '@agento/contracts';
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
  // A child of `start` has been given all it needs.
  const supervised = world.env.AGENTO_SUPERVISED === '1';
  const terminal = { ...world, env: supervised ? world.env : withEnvFile(world.env) };
  const { red, dim } = styleOf(terminal.stderr, terminal.env);
  const complain = (message: string, hint?: string) => {
    // Foreign words may stand in either: of other programs, of files and their names.
    terminal.stderr.write(`${red('✖')} ${printableLines(message)}\n`);
    if (hint) terminal.stderr.write(`${dim('→')} ${printableLines(hint)}\n`);
  };
  const { program, exitCode } = createProgram(terminal);
  try {
    await program.parseAsync(arguments_, { from: 'user' });
    return exitCode();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    if (terminal.interrupted.aborted) {
      terminal.stderr.write(`${dim('interrupted')}\n`);
      return exitCodes.interrupted;
    }
    if (error instanceof EnvironmentError) {
      for (const problem of error.problems) complain(problem);
      return exitCodes.usage;
    }
    if (!(error instanceof CommandError)) throw error;
    complain(error.message, error.hint);
    return error.exitCode;
  }
}
