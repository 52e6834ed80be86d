import { chain } from '@agento/contracts';
import type { Command } from 'commander';
import { agento, startCommand } from '../invocation.ts';
import { integer, modelServer, ofAttempt, ofRun, several, webAddress } from '../options.ts';
import type { CommandLine } from './command-line.ts';
import { lastBase } from './ports.ts';

const portBase = integer(0, lastBase);
const goalArgument = 'the goal; `-` reads it from standard input';

/** The options of a run, the same wherever one can be asked for. */
function withRunOptions(command: Command): Command {
  return command
    .option('-c, --context <file>', 'background for the goal: a text file, `-` for standard input')
    .option(
      '-s, --stop-after <module>',
      `stop after this module, 1 to ${chain.length}, and show its output`,
      integer(1, chain.length),
    )
    .option('--review', 'wait after module 4 until a person has decided about each revision: `agento review`')
    .option('--session-id <id>', 'the session the run belongs to')
    .option('--json', "print the last module's output as JSON on stdout (a failed run: its problem)");
}

/** The verbs that have runs made. */
export function addRunVerbs({ program, terminal, ends }: CommandLine): void {
  withRunOptions(program.command('start'))
    .description('start everything and keep it running; with a goal: run it, then stop everything')
    .argument('[goal]', goalArgument)
    .option(
      '--port-base <port>',
      'modules on this port and those after it, then offline model and receiver; 0: free ports',
      portBase,
    )
    .addOption(modelServer())
    .addHelpText(
      'after',
      `
Examples:
  ${startCommand}                                    start everything and keep it running
  ${startCommand} "Open a repair café"               one run, then everything stops
  ${startCommand} --port-base 5001                   next to another system on the default ports
  ${startCommand} --model-server auto                with the model of Ollama, or another server on this machine
Without OPENAI_API_KEY and OPENAI_BASE_URL the offline model answers; without an OTLP endpoint an
embedded receiver keeps the traces.`,
    )
    .action((goal, options) =>
      ends(import('../verbs/start.ts').then(({ start }) => start(terminal, goal, options))),
    );

  withRunOptions(program.command('goal'))
    .description('send a goal to a running system and follow the run')
    .argument('<goal>', goalArgument)
    .option('--url <url>', 'module 1', webAddress, 'http://127.0.0.1:3001')
    .addHelpText(
      'after',
      `
Examples:
  ${agento} goal "Open a repair café in a small town"
  ${agento} goal - --context notes.md < goal.txt
  ${agento} goal "Open a repair café" --stop-after 2 --json > plan.json
Ctrl-C cancels the run in every module.`,
    )
    .action((goal, options) =>
      ends(import('../verbs/goal.ts').then((verb) => verb.goal(terminal, goal, options))),
    );

  program
    .command('replay')
    .description('make a recorded run again from a step on: only what depends on that step is asked anew')
    .argument('<run>', 'the recorded run: run id, trace id, or file of OTLP JSON (lines)')
    .addOption(ofRun())
    .addOption(ofAttempt('the newest that finished'))
    .requiredOption('--from <step>', 'the step that is asked anew: its name, or the agento.call.key of one')
    .option('--prompt <file>', 'a prompt file for its agent, in place of the one the service has')
    .option('--model <name>', 'the model it asks')
    .option(
      '--set <key=value>',
      'a setting it is asked with: temperature, seed or max_tokens; may be repeated',
      several(String),
      [],
    )
    .option('--url <url>', 'module 1', webAddress, 'http://127.0.0.1:3001')
    .option('--jaeger <url>', "read the recorded run from Jaeger's API", webAddress)
    .option('--json', "print the last module's output as JSON on stdout (a failed run: its problem)")
    .addHelpText(
      'after',
      `
Examples:
  ${agento} replay 0b0f7a52-6c58-4a3e-9d4c-0d4b7a3f5e11 --from plan_evaluation --prompt my-evaluator.md
  ${agento} replay trace.jsonl --from m3/item_generation/ItemExpander/p1/p1-i2 --set temperature=0.2
What is asked anew, and what it cost when it was recorded, is printed before anything is asked.`,
    )
    .action((source, options) =>
      ends(import('../verbs/replay.ts').then(({ replay }) => replay(terminal, source, options))),
    );
}
