import { chain, printableLines, version } from '@agento/contracts';
import { Command } from 'commander';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { integer, moment, oneOf, several, webAddress } from './options.ts';
import { pnpm } from './pnpm.ts';
import { styleOf, type Terminal } from './terminal.ts';

const port = integer(0, 65_535);
/** The modules', the model's and the receiver's ports must exist. */
const lastBase = 65_534 - chain.length;
const portBase = integer(0, lastBase);
const goalArgument = 'the goal; `-` reads it from standard input';

const exitHelp = `
Exit codes: 0 done, 1 the run failed or there are findings, 2 wrong usage or input,
            3 not found or not reachable, 130 interrupted.
Variables:  .env at the repository's root is read; see .env.example for every variable.
`;

/** The options of a run, the same wherever one can be asked for. */
function withRunOptions(command: Command): Command {
  return command
    .option('-c, --context <file>', 'background for the goal: a text file, `-` for standard input')
    .option(
      '-s, --stop-after <module>',
      `stop after this module, 1 to ${chain.length}, and show its output`,
      integer(1, chain.length),
    )
    .option('--session-id <id>', 'the session the run belongs to')
    .option('--json', "print the last module's output as JSON on stdout (a failed run: its problem)");
}

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

  const program = new Command(`${pnpm} agento`)
    .description(
      'Turns a goal into a finished plan through a chain of services, with one trace of all they did.',
    )
    .version(version)
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
    .showHelpAfterError(dim(`→ \`${pnpm} agento <verb> --help\` shows arguments, options and examples`))
    .addHelpText('after', exitHelp);

  withRunOptions(program.command('start'))
    .description('start everything and keep it running; with a goal: run it, then stop everything')
    .argument('[goal]', goalArgument)
    .option(
      '--port-base <port>',
      'modules on this port and those after it, then offline model and receiver; 0: free ports',
      portBase,
    )
    .addHelpText(
      'after',
      `
Examples:
  ${pnpm} start                                    start everything and keep it running
  ${pnpm} start "Open a repair café"               one run, then everything stops
  ${pnpm} start --port-base 5001                   next to another system on the default ports
Without OPENAI_API_KEY and OPENAI_BASE_URL the offline model answers; without an OTLP endpoint an
embedded receiver keeps the traces.`,
    )
    .action((goal, options) =>
      ends(import('./verbs/start.ts').then(({ start }) => start(terminal, goal, options))),
    );

  withRunOptions(program.command('goal'))
    .description('send a goal to a running system and follow the run')
    .argument('<goal>', goalArgument)
    .option('--url <url>', 'module 1', webAddress, 'http://127.0.0.1:3001')
    .addHelpText(
      'after',
      `
Examples:
  ${pnpm} agento goal "Open a repair café in a small town"
  ${pnpm} agento goal - --context notes.md < goal.txt
  ${pnpm} agento goal "Open a repair café" --stop-after 2 --json > plan.json
Ctrl-C cancels the run in every module.`,
    )
    .action((goal, options) =>
      ends(import('./verbs/goal.ts').then((verb) => verb.goal(terminal, goal, options))),
    );

  program
    .command('replay')
    .description('make a recorded run again from a step on: only what depends on that step is asked anew')
    .argument('<run>', 'the recorded run: run id, trace id, or file of OTLP JSON (lines)')
    .requiredOption('--from <step>', 'the step that is asked anew: its name, or the agento.call.key of one')
    .option('--prompt <file>', 'a prompt file for its agent, in place of the one the service has')
    .option('--model <name>', 'the model it asks')
    .option(
      '--set <key=value>',
      'a setting it is asked with: temperature, seed or max_tokens; may be repeated',
      (given: string, before: string[]) => [...before, given],
      [] as string[],
    )
    .option('--url <url>', 'module 1', webAddress, 'http://127.0.0.1:3001')
    .option('--jaeger <url>', "read the recorded run from Jaeger's API", webAddress)
    .option('--json', "print the last module's output as JSON on stdout (a failed run: its problem)")
    .addHelpText(
      'after',
      `
Examples:
  ${pnpm} agento replay 0b0f7a52-6c58-4a3e-9d4c-0d4b7a3f5e11 --from plan_evaluation --prompt my-evaluator.md
  ${pnpm} agento replay trace.jsonl --from m3/item_generation/ItemExpander/p1/p1-i2 --set temperature=0.2
What is asked anew, and what it cost when it was recorded, is printed before anything is asked.`,
    )
    .action((source, options) =>
      ends(import('./verbs/replay.ts').then(({ replay }) => replay(terminal, source, options))),
    );

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
    .option('--jaeger <url>', "read from Jaeger's API, e.g. http://127.0.0.1:16686", webAddress)
    .addHelpText(
      'after',
      `
Examples:
  ${pnpm} agento runs
  ${pnpm} agento runs --since 7d --outcome failed
  ${pnpm} agento runs traces/ --json`,
    )
    .action((source, options) =>
      ends(import('./verbs/runs.ts').then(({ runs }) => runs(terminal, source, options))),
    );

  program
    .command('show')
    .description(
      'show a run, or one thing in it: what was asked, answered, decided, judged, and what it links to',
    )
    .argument('<run>', 'run id, trace id, the beginning of one, or file of OTLP JSON (lines)')
    .argument('[what...]', 'an id, a span, a call key; or words that narrow steps down: name, agent, item, …')
    .option('--run <id>', 'which run, where the file holds several')
    .option('--attempt <number>', 'which attempt at the run (default: the last)', integer(1, 9_999))
    .option('--json', 'print it as JSON')
    .option('--md', 'print it as Markdown')
    .option('--jaeger <url>', "read from Jaeger's API, e.g. http://127.0.0.1:16686", webAddress)
    .addHelpText(
      'after',
      `
Examples:
  ${pnpm} agento show 7be0e179                                      the run on one page
  ${pnpm} agento show 7be0e179 plan_selection                       a step: every candidate, its scores, its reason
  ${pnpm} agento show 7be0e179 c3                                   a criterion, and each verdict by it
  ${pnpm} agento show 7be0e179 p3-i2                                an item: texts, verdicts, revisions, feedback
  ${pnpm} agento show 7be0e179 expansion_evaluation p3-i2 c1        one of many steps
  ${pnpm} agento show 7be0e179 m3/item_generation/ItemExpander/p3/p3-i2 --md`,
    )
    .action((source, what, options) =>
      ends(import('./verbs/show.ts').then(({ show }) => show(terminal, source, what, options))),
    );

  program
    .command('why')
    .description('say why something in a run is as it is: the chain of evidence back to the goal')
    .argument('<run>', 'run id, trace id, the beginning of one, or file of OTLP JSON (lines)')
    .argument('[what...]', 'an id, a span, a call key, words that mean one step; with --text an item')
    .option('--text <passage>', 'a sentence of the plan')
    .option('--run <id>', 'which run, where the file holds several')
    .option('--attempt <number>', 'which attempt at the run (default: the last)', integer(1, 9_999))
    .option('--json', 'print it as JSON')
    .option('--md', 'print it as Markdown')
    .option('--jaeger <url>', "read from Jaeger's API, e.g. http://127.0.0.1:16686", webAddress)
    .addHelpText(
      'after',
      `
Examples:
  ${pnpm} agento why 7be0e179 p3-i2-a2
  ${pnpm} agento why 7be0e179 plan_selection
  ${pnpm} agento why 7be0e179 --text "the sum stays within what is given"`,
    )
    .action((source, what, options) =>
      ends(import('./verbs/why.ts').then(({ why }) => why(terminal, source, what, options))),
    );

  program
    .command('compare')
    .description('compare two runs, or two sets of runs: what differs first, and what came of it')
    .argument(
      '<before>',
      'a run (run id, trace id, the beginning of one, file, file#run), a list with commas, or a folder',
    )
    .argument('<now>', 'what is held against it')
    .option('--json', 'print it as JSON')
    .option('--md', 'print it as Markdown, with all entries')
    .option('--jaeger <url>', "read from Jaeger's API, e.g. http://127.0.0.1:16686", webAddress)
    .addHelpText(
      'after',
      `
Examples:
  ${pnpm} agento compare 7be0e179 3af9f2a1
  ${pnpm} agento compare collector.jsonl#7be0e179 collector.jsonl#3af9f2a1 --md
  ${pnpm} agento compare 7be0e179,3af9f2a1 99e10ff0,2c0fdce3
  ${pnpm} agento compare old-prompts/ new-prompts/
Exit code 0 whether they differ or not; \`agento eval\` is the gate.`,
    )
    .action((before, now, options) =>
      ends(import('./verbs/compare.ts').then(({ compare }) => compare(terminal, before, now, options))),
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
    .option('--agent <name>', "only this agent's spans, and what they lie below")
    .option('--item <id>', 'only spans about this item, and what they lie below')
    .option('--errors', 'only spans that failed, and what they lie below')
    .option('--slow <ms>', 'only spans that took at least so long', integer(0, 86_400_000))
    .option('--depth <levels>', 'at most so many levels', integer(1, 1_000))
    .option('--why', 'below each line the reasons of its decision and verdicts')
    .option('--executions', 'show all spans of executions that were lost, too')
    .option('--jaeger <url>', "read from Jaeger's API, e.g. http://127.0.0.1:16686", webAddress)
    .addHelpText(
      'after',
      `
Examples:
  ${pnpm} agento trace 4bf92f3577b34da6a3ce929d0e0e4736
  ${pnpm} agento trace data/traces/4bf92f3577b34da6a3ce929d0e0e4736.jsonl --module 5 --why
  ${pnpm} agento trace 4bf92f35 --item p1-i2`,
    )
    .action((source, options) =>
      ends(import('./verbs/trace.ts').then(({ trace }) => trace(terminal, source, options))),
    );

  program
    .command('validate')
    .description('check a trace against the telemetry contract; exit 0 only if nothing is found')
    .argument('<source>', 'trace id, run id, or file of OTLP JSON (lines)')
    .option('--format <format>', 'text or json', oneOf('text', 'json'), 'text')
    .option('--complete', 'require every module, even of a failed or stopped run')
    .option('--jaeger <url>', "read from Jaeger's API, e.g. http://127.0.0.1:16686", webAddress)
    .addHelpText(
      'after',
      `
Examples:
  ${pnpm} agento validate 4bf92f3577b34da6a3ce929d0e0e4736 --complete
  ${pnpm} agento validate traces.jsonl --format json`,
    )
    .action((source, options) =>
      ends(import('./verbs/validate.ts').then((verb) => verb.validate(terminal, source, options))),
    );

  program
    .command('audit')
    .description('look through runs for what is odd: rules over their spans, each finding with its evidence')
    .argument('[runs...]', 'run ids, trace ids, files or folders of traces (default: AGENTO_DATA_DIR)')
    .option('--rule <id>', 'only this rule; can be repeated', several(String))
    .option(
      '--severity <severity>',
      'only rules of this severity or worse',
      oneOf('error', 'warning', 'note'),
    )
    .option('--fail-on <severity>', 'exit 1 if a finding is that bad', oneOf('error', 'warning', 'note'))
    .option('--since <when>', 'runs that began since then: 2026-11-28, or 30m, 12h, 7d ago', moment)
    .option('--json', 'print it as JSON')
    .option('--md', 'print it as Markdown, with whole passages')
    .option('--junit <file>', 'write it as JUnit XML, too')
    .option('--sarif <file>', 'write it as SARIF 2.1.0, too')
    .option('--jaeger <url>', "read from Jaeger's API, e.g. http://127.0.0.1:16686", webAddress)
    .addHelpText(
      'after',
      `
Examples:
  ${pnpm} agento audit 7be0e179
  ${pnpm} agento audit traces/ --severity warning --fail-on error --sarif audit.sarif
  ${pnpm} agento audit --jaeger http://127.0.0.1:16686 --since 1d
docs/audit.md lists the rules.`,
    )
    .action((sources, options) =>
      ends(import('./verbs/audit.ts').then(({ audit }) => audit(terminal, sources, options))),
    );

  const guardrails = program
    .command('guardrails')
    .description('work with guardrails: rules over the answers of steps (AGENTO_GUARDRAILS)');
  guardrails
    .command('test')
    .description(
      'test a file of guardrails on stored runs: where each fires, and what that would have changed',
    )
    .argument('<file>', 'the guardrails, YAML or JSON')
    .option(
      '--runs <sources...>',
      'run ids, trace ids, files or folders of traces (default: AGENTO_DATA_DIR)',
    )
    .option('--all', 'show every answer in which a guardrail fires, not the first five')
    .option('--json', 'print it as JSON')
    .option('--md', 'print it as Markdown')
    .option('--jaeger <url>', "read from Jaeger's API, e.g. http://127.0.0.1:16686", webAddress)
    .addHelpText(
      'after',
      `
Examples:
  ${pnpm} agento guardrails test guardrails.yaml
  ${pnpm} agento guardrails test guardrails.yaml --runs 7be0e179 traces/ --md
docs/guardrails.md says how to write one.`,
    )
    .action((file, options) =>
      ends(import('./verbs/guardrails.ts').then((verb) => verb.testGuardrails(terminal, file, options))),
    );

  program
    .command('critique')
    .description(
      'have a model propose guardrails for what an audit found in runs, and test them on these runs',
    )
    .argument('<runs...>', 'run ids, trace ids, files or folders of traces')
    .option('--rule <id>', 'only what this rule of the audit finds; can be repeated', several(String))
    .option(
      '--severity <severity>',
      'only what rules of this severity or worse find',
      oneOf('error', 'warning', 'note'),
    )
    .option('--findings <file>', 'what was found, as audit --json writes it (default: the runs are audited)')
    .option('--yes', 'do not ask whether to pay for it')
    .option('--out <file>', 'write the proposals there, as AGENTO_GUARDRAILS takes them')
    .option('--json', 'print it as JSON')
    .option('--md', 'print it as Markdown')
    .option('--jaeger <url>', "read from Jaeger's API, e.g. http://127.0.0.1:16686", webAddress)
    .addHelpText(
      'after',
      `
Examples:
  ${pnpm} agento critique 7be0e179 --severity warning
  ${pnpm} agento critique traces/ --rule judge.no_spread --yes --out guardrails.yaml
Without OPENAI_API_KEY and OPENAI_BASE_URL the offline model answers.`,
    )
    .action((runs, options) =>
      ends(import('./verbs/critique.ts').then((verb) => verb.critique(terminal, runs, options))),
    );

  program
    .command('legacy')
    .description('for those who migrate from legacy files (TRACE_LEGACY)')
    .command('compare')
    .description('compare a legacy file (TRACE_LEGACY) with the trace of its run')
    .argument('<file>', 'manual_traces.json of a module')
    .argument('<source>', 'trace id, run id, or file of OTLP JSON (lines)')
    .option('--jaeger <url>', "read from Jaeger's API, e.g. http://127.0.0.1:16686", webAddress)
    .addHelpText(
      'after',
      `
Examples:
  ${pnpm} agento legacy compare data/legacy/<run id>/module1/manual_traces.json <trace id>
docs/tracing-migration.md says when to use it.`,
    )
    .action((file, source, options) =>
      ends(
        import('./verbs/legacy-compare.ts').then(({ legacyCompare }) =>
          legacyCompare(terminal, file, source, options),
        ),
      ),
    );

  const evaluating = program
    .command('eval')
    .enablePositionalOptions()
    .description('run the goals of a suite and judge the runs: checks, budgets, and against a baseline')
    .argument('[suite]', 'a YAML file (docs/eval.md)')
    .option('--url <url>', 'module 1 of a system that is up; without it everything is started', webAddress)
    .option('--jaeger <url>', "read the traces from Jaeger's API, e.g. http://127.0.0.1:16686", webAddress)
    .option('--at-once <runs>', 'how many runs go on at a time', integer(1, 100), 3)
    .option('--baseline <file>', 'the baseline (default: beside the suite, <suite>.baseline.json)')
    .option('--update-baseline', 'write the baseline from these runs, if every check holds')
    .option('--fresh', 'do not go on with an eval that was interrupted')
    .option('-y, --yes', 'do not ask before a model is used that may have to be paid')
    .option('--json', 'print the report as JSON')
    .option('--junit <file>', "write the report as JUnit's XML, too")
    .addHelpText(
      'after',
      `
Examples:
  ${pnpm} agento eval evals/offline.yaml
  ${pnpm} agento eval evals/town.yaml --url http://127.0.0.1:3001 --at-once 5 --junit eval.xml
  ${pnpm} agento eval evals/town.yaml --update-baseline
Exit code 1: a check does not hold, or the runs are worse than the baseline's.`,
    )
    .action((suite, options) =>
      ends(import('./verbs/eval.ts').then(({ evaluate }) => evaluate(terminal, suite, options))),
    );

  evaluating
    .command('add')
    .description('make a case of a run: its goal, context and options, and the checks that hold of it')
    .argument('<run>', 'run id, trace id, the beginning of one, or file of OTLP JSON (lines)')
    .requiredOption('--suite <file>', 'the suite to add it to; made if it is not there')
    .option('--id <id>', 'what the case is called (default: by its goal)')
    .option('--run <id>', 'which run, where the file holds several')
    .option('--attempt <number>', 'which attempt at the run (default: the last)', integer(1, 9_999))
    .option('--jaeger <url>', "read from Jaeger's API, e.g. http://127.0.0.1:16686", webAddress)
    .addHelpText('after', `\nExample:\n  ${pnpm} agento eval add 7be0e179 --suite evals/town.yaml`)
    .action((run, options) =>
      ends(import('./verbs/eval-add.ts').then(({ addCase }) => addCase(terminal, run, options))),
    );

  program
    .command('sql')
    .description('ask the tables of all traces with SQL; without a statement: list tables and columns')
    .argument('[statement]', 'one SELECT; `-` reads it from standard input')
    .option('--file <file>', 'read the statement from a file')
    .option('--from <path...>', 'traces to read: folders, files (default: traces/ in the data folder)')
    .option('--json', 'the answer as a JSON list of objects')
    .option('--csv', 'the answer as CSV')
    .addHelpText(
      'after',
      `
Examples:
  ${pnpm} agento sql "SELECT outcome, count(*) FROM runs GROUP BY outcome"
  ${pnpm} agento sql --file question.sql --csv > answer.csv
  ${pnpm} agento sql "FROM problems" --from collector.jsonl
docs/evidence-tables.md has every table. What changed since the last question is read first.`,
    )
    .action((statement, options) =>
      ends(import('./verbs/sql.ts').then((verb) => verb.sql(terminal, statement, options))),
    );

  program
    .command('model')
    .description('run only the offline model')
    .option('--port <port>', 'TCP port, 0: a free one (default: AGENTO_OFFLINE_PORT, 4010)', port)
    .addHelpText('after', `\nExample:\n  AGENTO_OFFLINE_LATENCY_MS=200 ${pnpm} agento model --port 4020`)
    .action((options) => ends(import('./verbs/model.ts').then(({ model }) => model(terminal, options))));

  program
    .command('receive')
    .description('run only the embedded OTLP receiver; it keeps traces as files')
    .option('--port <port>', 'TCP port, 0: a free one', port, 4318)
    .addHelpText('after', `\nExample:\n  ${pnpm} agento receive --port 4319`)
    .action((options) =>
      ends(import('./verbs/receive.ts').then(({ receive }) => receive(terminal, options))),
    );

  program
    .command('doctor')
    .description(
      'check Node, the variables, the disk, keys, proxies, the model, the collector and each module',
    )
    .option('--port-base <port>', "module 1's port, where `start` was given one", integer(1, lastBase))
    .addHelpText('after', `\nExample:\n  ${pnpm} agento doctor`)
    .action((options) => ends(import('./verbs/doctor.ts').then(({ doctor }) => doctor(terminal, options))));

  return { program, exitCode: () => code };
}
