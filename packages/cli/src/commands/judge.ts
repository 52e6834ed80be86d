import { agento } from '../invocation.ts';
import {
  fromJaeger,
  integer,
  modelServer,
  moment,
  ofAttempt,
  ofRun,
  oneOf,
  several,
  webAddress,
} from '../options.ts';
import type { CommandLine } from './command-line.ts';

const severity = oneOf('error', 'warning', 'note');

/** The verbs that judge runs, or keep answers from being bad. */
export function addJudgeVerbs({ program, terminal, ends }: CommandLine): void {
  program
    .command('validate')
    .description('check a trace against the telemetry contract; exit 0 only if nothing is found')
    .argument('<source>', 'trace id, run id, or file of OTLP JSON (lines)')
    .option('--format <format>', 'text or json', oneOf('text', 'json'), 'text')
    .option('--complete', 'require every module, even of a failed or stopped run')
    .addOption(fromJaeger())
    .addHelpText(
      'after',
      `
Examples:
  ${agento} validate 4bf92f3577b34da6a3ce929d0e0e4736 --complete
  ${agento} validate traces.jsonl --format json`,
    )
    .action((source, options) =>
      ends(import('../verbs/validate.ts').then((verb) => verb.validate(terminal, source, options))),
    );

  program
    .command('audit')
    .description('look through runs for what is odd: rules over their spans, each finding with its evidence')
    .argument('[runs...]', 'run ids, trace ids, files or folders of traces (default: AGENTO_DATA_DIR)')
    .option('--rule <id>', 'only this rule; can be repeated', several(String))
    .option('--severity <severity>', 'only rules of this severity or worse', severity)
    .option('--fail-on <severity>', 'exit 1 if a finding is that bad', severity)
    .option('--since <when>', 'runs that began since then: 2026-11-28, or 30m, 12h, 7d ago', moment)
    .option('--json', 'print it as JSON')
    .option('--md', 'print it as Markdown, with whole passages')
    .option('--junit <file>', 'write it as JUnit XML, too')
    .option('--sarif <file>', 'write it as SARIF 2.1.0, too')
    .addOption(fromJaeger())
    .addHelpText(
      'after',
      `
Examples:
  ${agento} audit 7be0e179
  ${agento} audit traces/ --severity warning --fail-on error --sarif audit.sarif
  ${agento} audit --jaeger http://127.0.0.1:16686 --since 1d
docs/audit.md lists the rules.`,
    )
    .action((sources, options) =>
      ends(import('../verbs/audit.ts').then(({ audit }) => audit(terminal, sources, options))),
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
    .addOption(fromJaeger())
    .addHelpText(
      'after',
      `
Examples:
  ${agento} guardrails test guardrails.yaml
  ${agento} guardrails test guardrails.yaml --runs 7be0e179 traces/ --md
docs/guardrails.md says how to write one.`,
    )
    .action((file, options) =>
      ends(import('../verbs/guardrails.ts').then((verb) => verb.testGuardrails(terminal, file, options))),
    );

  program
    .command('critique')
    .description(
      'have a model propose guardrails for what an audit found in runs, and test them on these runs',
    )
    .argument('<runs...>', 'run ids, trace ids, files or folders of traces')
    .option('--rule <id>', 'only what this rule of the audit finds; can be repeated', several(String))
    .option('--severity <severity>', 'only what rules of this severity or worse find', severity)
    .option('--findings <file>', 'what was found, as audit --json writes it (default: the runs are audited)')
    .option('--yes', 'do not ask whether to pay for it')
    .addOption(modelServer())
    .option('--out <file>', 'write the proposals there, as AGENTO_GUARDRAILS takes them')
    .option('--json', 'print it as JSON')
    .option('--md', 'print it as Markdown')
    .addOption(fromJaeger())
    .addHelpText(
      'after',
      `
Examples:
  ${agento} critique 7be0e179 --severity warning
  ${agento} critique traces/ --rule judge.no_spread --yes --out guardrails.yaml
Without OPENAI_API_KEY and OPENAI_BASE_URL the offline model answers.`,
    )
    .action((runs, options) =>
      ends(import('../verbs/critique.ts').then((verb) => verb.critique(terminal, runs, options))),
    );

  program
    .command('annotate')
    .description(
      'send what judges said of runs, their outcome, score and cost to Phoenix or Langfuse, where their traces are',
    )
    .argument('<runs...>', 'run ids, trace ids, files or folders of traces')
    .option('--phoenix <url>', "Phoenix's address, e.g. http://127.0.0.1:6006", webAddress)
    .option('--langfuse <url>', "Langfuse's address, e.g. https://cloud.langfuse.com", webAddress)
    .addOption(fromJaeger())
    .addHelpText(
      'after',
      `
Examples:
  ${agento} annotate 7be0e179 --phoenix http://127.0.0.1:6006
  ${agento} annotate traces/ --langfuse https://cloud.langfuse.com
PHOENIX_API_KEY is Phoenix's key, where it asks for one; LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY are those of
a project. docs/operations.md says how traces get there.`,
    )
    .action((runs, options) =>
      ends(import('../verbs/annotate.ts').then((verb) => verb.annotate(terminal, runs, options))),
    );

  program
    .command('legacy')
    .description('for those who migrate from legacy files (TRACE_LEGACY)')
    .command('compare')
    .description('compare a legacy file (TRACE_LEGACY) with the trace of its run')
    .argument('<file>', 'manual_traces.json of a module')
    .argument('<source>', 'trace id, run id, or file of OTLP JSON (lines)')
    .addOption(fromJaeger())
    .addHelpText(
      'after',
      `
Examples:
  ${agento} legacy compare data/legacy/<run id>/module1/manual_traces.json <trace id>
docs/tracing-migration.md says when to use it.`,
    )
    .action((file, source, options) =>
      ends(
        import('../verbs/legacy-compare.ts').then(({ legacyCompare }) =>
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
    .addOption(modelServer().conflicts('url'))
    .option('--at-once <runs>', 'how many runs go on at a time', integer(1, 100), 3)
    .option('--repeats <runs>', 'how many runs of each goal, whatever the suite says', integer(1, 100))
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
  ${agento} eval evals/offline.yaml
  ${agento} eval evals/town.yaml --url http://127.0.0.1:3001 --at-once 5 --junit eval.xml
  ${agento} eval evals/town.yaml --update-baseline
Exit code 1: a check does not hold, or the runs are worse than the baseline's; 2: the suite or baseline is wrong, or
nobody agreed to pay; 3: no such file, or nobody is at the URL; 130: interrupted.`,
    )
    .action((suite, options) =>
      ends(import('../verbs/eval.ts').then(({ evaluate }) => evaluate(terminal, suite, options))),
    );

  evaluating
    .command('add')
    .description('make a case of a run: its goal, context and options, and the checks that hold of it')
    .argument('<run>', 'run id, trace id, the beginning of one, or file of OTLP JSON (lines)')
    .requiredOption('--suite <file>', 'the suite to add it to; made if it is not there')
    .option('--id <id>', 'what the case is called (default: by its goal)')
    .addOption(ofRun())
    .addOption(ofAttempt())
    .addOption(fromJaeger())
    .addHelpText('after', `\nExample:\n  ${agento} eval add 7be0e179 --suite evals/town.yaml`)
    .action((run, options) =>
      ends(import('../verbs/eval-add.ts').then(({ addCase }) => addCase(terminal, run, options))),
    );
}
