import { mostAttempts } from '@agento/contracts';
import { agento } from '../invocation.ts';
import { integer, several, webAddress } from '../options.ts';
import type { CommandLine } from './command-line.ts';

/** The verb by which a person decides about a run that waits. */
export function addReviewVerb({ program, terminal, ends }: CommandLine): void {
  program
    .command('review')
    .description('show what a run waits for a person to decide, or decide it: the run then goes on')
    .argument('<run>', 'the run id')
    .option(
      '--approve <id>',
      'a revision request that is to be carried out; may be repeated',
      several(String),
    )
    .option('--reject <id>', 'one whose item stays as it is; may be repeated', several(String))
    .option('--reword <id=text>', 'one that is carried out in other words; may be repeated', several(String))
    .option('--reason <text>', 'why, for all that are named; needed to reject or reword')
    .option('--keep-others', "for those that are not named the RevisionEvaluator's decision stands")
    .option(
      '--file <file>',
      'the decisions as JSON, as POST /runs/{run_id}/review takes them; `-`: from stdin',
    )
    .option('--attempt <number>', 'which attempt at the run', integer(1, mostAttempts))
    .option('--url <url>', 'the module where the run began', webAddress, 'http://127.0.0.1:3001')
    .option('--json', 'print what the service answers as JSON')
    .addHelpText(
      'after',
      `
Examples:
  ${agento} review 0b0f7a52-6c58-4a3e-9d4c-0d4b7a3f5e11
  ${agento} review 0b0f7a52-6c58-4a3e-9d4c-0d4b7a3f5e11 --reject r-p1-i2 --reason "It is good as it is" --keep-others
  ${agento} review 0b0f7a52-6c58-4a3e-9d4c-0d4b7a3f5e11 --file decisions.json`,
    )
    .action((run, options) =>
      ends(import('../verbs/review.ts').then(({ review }) => review(terminal, run, options))),
    );
}
