import { chain } from '@agento/contracts';
import { agento } from '../invocation.ts';
import { attempts, fromJaeger, integer, linksBack, moment, ofAttempt, ofRun, several } from '../options.ts';
import type { CommandLine } from './command-line.ts';

/** The verbs that show what runs did: they read traces, and change nothing. */
export function addLookVerbs({ program, terminal, ends }: CommandLine): void {
  program
    .command('runs')
    .description('list runs: when, how they ended, score, calls, tokens, cost, time, goal; the newest first')
    .argument('[source]', 'a file or folder of traces (default: AGENTO_DATA_DIR)')
    .option(
      '--since <when>',
      'that began since then: 2026-11-28, 2026-11-28T16:00Z, or 30m, 12h, 7d ago',
      moment,
    )
    .option(
      '--outcome <outcome>',
      'that ended so: published, held, stopped, failed, cancelled, interrupted, unfinished',
    )
    .option('--goal <text>', 'whose goal has this text')
    .option('--session <id>', 'of this session')
    .option('--limit <number>', 'at most so many, 0: all', integer(0, 1_000_000), 20)
    .option('--json', 'print them as JSON')
    .addOption(fromJaeger())
    .addHelpText(
      'after',
      `
Examples:
  ${agento} runs
  ${agento} runs --since 7d --outcome failed
  ${agento} runs traces/ --json`,
    )
    .action((source, options) =>
      ends(import('../verbs/runs.ts').then(({ runs }) => runs(terminal, source, options))),
    );

  program
    .command('show')
    .description(
      'show a run, or one thing in it: what was asked, answered, decided, judged, and what it links to',
    )
    .argument('<run>', 'run id, trace id, the beginning of one, or file of OTLP JSON (lines)')
    .argument('[what...]', 'an id, a span, a call key; or words that narrow steps down: name, agent, item, …')
    .addOption(ofRun())
    .addOption(ofAttempt())
    .option('--json', 'print it as JSON')
    .option('--md', 'print it as Markdown')
    .addOption(fromJaeger())
    .addHelpText(
      'after',
      `
Examples:
  ${agento} show 7be0e179                                      the run on one page
  ${agento} show 7be0e179 plan_selection                       a step: every candidate, its scores, its reason
  ${agento} show 7be0e179 c3                                   a criterion, and each verdict by it
  ${agento} show 7be0e179 p3-i2                                an item: texts, verdicts, revisions, feedback
  ${agento} show 7be0e179 expansion_evaluation p3-i2 c1        one of many steps
  ${agento} show 7be0e179 m3/item_generation/ItemExpander/p3/p3-i2 --md`,
    )
    .action((source, what, options) =>
      ends(import('../verbs/show.ts').then(({ show }) => show(terminal, source, what, options))),
    );

  program
    .command('why')
    .description('say why something in a run is as it is: the chain of evidence back to the goal')
    .argument('<run>', 'run id, trace id, the beginning of one, or file of OTLP JSON (lines)')
    .argument('[what...]', 'an id, a span, a call key, words that mean one step; with --text an item or text')
    .option('--text <passage>', 'a sentence of the plan')
    .option(
      '--depth <links>',
      'how many links back to show, or `all` (default: 3; with --json, --md all)',
      linksBack,
    )
    .option(
      '--from <path>',
      'a file or folder with traces that this one links to; can be repeated',
      several(String),
    )
    .addOption(ofRun())
    .addOption(ofAttempt())
    .option('--json', 'print it as JSON')
    .option('--md', 'print it as Markdown')
    .addOption(fromJaeger())
    .addHelpText(
      'after',
      `
Examples:
  ${agento} why 7be0e179 p3-i2-a2
  ${agento} why 7be0e179 plan_selection --depth all
  ${agento} why 7be0e179 --text "the sum stays within what is given"`,
    )
    .action((source, what, options) =>
      ends(import('../verbs/why.ts').then(({ why }) => why(terminal, source, what, options))),
    );

  program
    .command('compare')
    .description('compare two runs, or two sets of runs: what differs first, and what came of it')
    .argument(
      '<before>',
      'a run (run id, trace id, the beginning of one, file, file#run), a list with commas, or a folder',
    )
    .argument('<now>', 'what is held against it')
    .option(
      '--attempt <numbers>',
      'which attempts: 1 of both, or 1,2 the first at <before> and the second at <now> (default: the last)',
      attempts,
    )
    .option('--json', 'print it as JSON')
    .option('--md', 'print it as Markdown, with all entries')
    .addOption(fromJaeger())
    .addHelpText(
      'after',
      `
Examples:
  ${agento} compare 7be0e179 3af9f2a1
  ${agento} compare collector.jsonl#7be0e179 collector.jsonl#3af9f2a1 --md
  ${agento} compare 7be0e179 7be0e179 --attempt 1,2
  ${agento} compare 7be0e179,3af9f2a1 99e10ff0,2c0fdce3
  ${agento} compare old-prompts/ new-prompts/
Exit code 0 whether they differ or not; \`agento eval\` is the gate.`,
    )
    .action((before, now, options) =>
      ends(import('../verbs/compare.ts').then(({ compare }) => compare(terminal, before, now, options))),
    );

  program
    .command('trace')
    .description(
      'print a trace as a tree, with durations, agents, tokens, verdicts and totals; folded to fit a screen',
    )
    .argument('<source>', 'trace id, run id, the beginning of one, or file of OTLP JSON (lines)')
    .option('--all', 'every span on a line of its own, and the totals of each agent')
    .option(
      '--module <number>',
      "only this module's spans; can be repeated",
      several(integer(1, chain.length)),
    )
    .option(
      '--agent <name>',
      "only this agent's spans, and what they lie below; can be repeated",
      several(String),
    )
    .option('--item <id>', 'only spans about this item, and what they lie below')
    .option('--errors', 'only spans that failed, and what they lie below')
    .option('--slow <ms>', 'only spans that took at least so long', integer(0, 86_400_000))
    .option('--depth <levels>', 'at most so many levels', integer(1, 1_000))
    .option('--why', 'below each line the reasons of its decision and verdicts')
    .option('--executions', 'show all spans of executions that were lost, too')
    .addOption(fromJaeger())
    .addHelpText(
      'after',
      `
Examples:
  ${agento} trace 4bf92f3577b34da6a3ce929d0e0e4736
  ${agento} trace data/traces/4bf92f3577b34da6a3ce929d0e0e4736.jsonl --module 5 --why
  ${agento} trace 4bf92f35 --item p1-i2`,
    )
    .action((source, options) =>
      ends(import('../verbs/trace.ts').then(({ trace }) => trace(terminal, source, options))),
    );

  program
    .command('sql')
    .description('ask the tables of all traces with SQL; without a statement: list tables and columns')
    .argument('[statement]', 'one SELECT; `-` reads it from standard input')
    .option('--file <file>', 'read the statement from a file')
    .option(
      '--from <path>',
      'traces to read: a folder or file; can be repeated (default: traces/ in the data folder)',
      several(String),
    )
    .addOption(fromJaeger())
    .option(
      '--since <when>',
      'of Jaeger, runs since then: 2026-11-28, or 30m, 12h, 7d ago (default: 30d)',
      moment,
    )
    .option('--json', 'the answer as a JSON list of objects')
    .option('--csv', 'the answer as CSV')
    .option('--blocks', 'each row below the other, long texts whole')
    .addHelpText(
      'after',
      `
Examples:
  ${agento} sql "SELECT outcome, count(*) FROM runs GROUP BY outcome"
  ${agento} sql --file question.sql --csv > answer.csv
  ${agento} sql "FROM problems" --from collector.jsonl
  ${agento} sql "FROM runs" --jaeger http://127.0.0.1:16686 --since 7d
docs/evidence-tables.md has every table. What changed since the last question is read first.`,
    )
    .action((statement, options) =>
      ends(import('../verbs/sql.ts').then((verb) => verb.sql(terminal, statement, options))),
    );
}
