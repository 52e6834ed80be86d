import { printableLines, version } from '@agento/contracts';
import { installed, root } from '@agento/files/home';
import { Command } from 'commander';
import type { CommandLine } from './commands/command-line.ts';
import { addJudgeVerbs } from './commands/judge.ts';
import { addLookVerbs } from './commands/look.ts';
import { addReviewVerb } from './commands/review.ts';
import { addRunVerbs } from './commands/run.ts';
import { addServeVerbs } from './commands/serve.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { agento } from './invocation.ts';
import { styleOf, type Terminal } from './terminal.ts';

const exitHelp = `
Exit codes: 0 done, 1 the run failed or there are findings, 2 wrong usage or input,
            3 not found or not reachable, 130 interrupted.
Variables:  .env ${installed ? 'in the folder it is started in' : "at the repository's root"} is read; see .env.example for every variable.
${installed ? `Documents:  docs/ and .env.example lie in ${root}\n` : ''}`;

/**
 * The command line. Each verb's code is loaded on demand, so that `--help` needs none of it.
 * `exitCode` says, once `program` has been parsed, how the verb ended.
 */
export function createProgram(terminal: Terminal): { program: Command; exitCode(): ExitCode } {
  let code: ExitCode = exitCodes.done;
  const ends = async (verb: Promise<ExitCode>) => {
    code = await verb;
  };
  const { dim } = styleOf(terminal.stderr, terminal.env);

  const program = new Command(`${agento}`)
    .description(
      'Turns a goal into a finished plan through a chain of services, with one trace of all they did.',
    )
    .version(version)
    // Else a verb takes the options of the verbs below it.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
      outputError(text, write) {
        write(printableLines(text));
        // Commander counts words; the user meant one goal.
        if (/^error: too many arguments for '(start|goal)'/.test(text))
          write(dim('→ Put the goal in quotes.\n'));
      },
      getOutHelpWidth: () => terminal.stdout.columns ?? 100,
      getErrHelpWidth: () => terminal.stderr.columns ?? 100,
    })
    .showHelpAfterError(dim(`→ \`${agento} <verb> --help\` shows arguments, options and examples`))
    .addHelpText('after', exitHelp);

  const commandLine: CommandLine = { program, terminal, ends };
  for (const addVerbs of [addRunVerbs, addReviewVerb, addLookVerbs, addJudgeVerbs, addServeVerbs])
    addVerbs(commandLine);
  return { program, exitCode: () => code };
}
