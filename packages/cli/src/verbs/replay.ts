import { randomUUID } from 'node:crypto';
import { type Module1Input, printable, type StepChange } from '@agento/contracts';
import {
  type KeptJournal,
  loadTraces,
  NotReplayable,
  planReplay,
  type RecordedRun,
  type ReplayPlan,
  recordedRun,
} from '@agento/evidence';
import { dataDirectory } from '../environment.ts';
import { CommandError, type ExitCode, exitCodes } from '../exit-codes.ts';
import { followRun } from '../follow-run.ts';
import { compareCommand } from '../invocation.ts';
import { createProgress } from '../progress/progress.ts';
import { type ChangeOptions, changeOf } from '../replay/change.ts';
import { keptJournal } from '../replay/kept-journal.ts';
import { type PriceOf, previewOf } from '../replay/preview.ts';
import { checkSizes } from '../replay/size.ts';
import { styleOf, type Terminal } from '../terminal.ts';
import { loaded, type SourceOptions } from '../trace-source.ts';

interface ReplayOptions extends SourceOptions, ChangeOptions {
  from: string;
  run?: string;
  attempt?: number;
  url: string;
  json?: boolean;
}

/** `agento replay`: a recorded run again, from a step on, on a system that is up. */
export async function replay(terminal: Terminal, source: string, options: ReplayOptions): Promise<ExitCode> {
  const { env } = terminal;
  const { run, plan } = await planned(terminal, source, options);
  const change = await changeOf(options, plan);
  const input = inputOf(run, plan, change);
  checkSizes(input, run);
  const json = options.json === true;
  const output = json ? terminal.stderr : terminal.stdout;
  output.write(previewOf(run, plan, change, styleOf(output, env), await priceOf(plan, change, env)));
  const code = await followRun(terminal, input, {
    url: options.url,
    dataDir: dataDirectory(env),
    traced: true,
    json,
    progress: createProgress(output, env),
    signal: terminal.interrupted,
  });
  const recorded = options.run === undefined ? source : `${source}#${options.run}`;
  const command = compareCommand(dataDirectory(env), recorded, input.run_id ?? '', {
    jaeger: options.jaeger,
    // A replay is a run of its own, and its first attempt.
    attempts: run.attempt === run.attempts.at(-1) ? undefined : [run.attempt, 1],
  });
  output.write(`${styleOf(output, env).dim('Compare')}  ${printable(command)}\n`);
  return code;
}

/** The plan; the services' journals are asked only for what the trace lacks. */
async function planned(
  terminal: Terminal,
  source: string,
  { from, url, jaeger, run: wanted, attempt }: ReplayOptions,
): Promise<{ run: RecordedRun; plan: ReplayPlan }> {
  const traces = await loaded(terminal, source, jaeger === undefined ? {} : { jaeger }, loadTraces);
  try {
    const run = recordedRun(traces, wanted ?? source, attempt);
    if (wanted !== undefined && !run.run_id.startsWith(wanted.toLowerCase()))
      throw new CommandError(
        exitCodes.notFound,
        `There is no run ${wanted} in ${source}, but ${run.run_id}.`,
      );
    const first = planReplay(run, from, null);
    const isWhole = first.lacking.length === 0 && first.after.every(({ call }) => call !== null);
    if (isWhole) return { run, plan: first };
    const kept = await keptJournal(url, run, terminal.env);
    const plan = planReplay(run, from, 'why' in kept ? null : kept);
    const [lack] = plan.lacking;
    if (lack === undefined) return { run, plan };
    const more = plan.lacking.length - 1;
    throw new CommandError(
      exitCodes.usage,
      `${lack}${more > 0 ? ` The same holds for ${more} more.` : ''} ${nowhereElse(url, kept)} Nothing was asked.`,
      'Replay where the run was made, with its data folder or database; or begin with a step before it.',
    );
  } catch (error) {
    if (error instanceof NotReplayable) throw new CommandError(exitCodes.usage, error.message);
    throw error;
  }
}

function nowhereElse(url: string, kept: KeptJournal | { why: string }): string {
  return 'why' in kept ? `And ${kept.why}.` : `Nor do the services at ${url} have it in the run's journal.`;
}

function inputOf(
  { run_id, session_id, stopped_after, waited }: RecordedRun,
  { goal, context, from, calls }: ReplayPlan,
  change: StepChange | undefined,
): Module1Input {
  return {
    goal,
    ...(context !== undefined && { context }),
    run_id: randomUUID(),
    ...(session_id !== null && { session_id }),
    // What was stopped early is not made longer.
    ...(stopped_after !== null && { stop_after: stopped_after }),
    // Other requests may come of it, about which nobody has decided.
    ...(waited && { review: 'revisions' as const }),
    replay: { run_id, from, ...(change && { change }), calls },
  };
}

/** The price of the changed model; null where the recorded one is asked. */
async function priceOf(
  { asked }: ReplayPlan,
  change: StepChange | undefined,
  env: NodeJS.ProcessEnv,
): Promise<PriceOf | null> {
  const { model } = change ?? {};
  if (model === undefined) return null;
  const { loadPrices } = await import('@agento/agent');
  const prices = loadPrices(env.AGENTO_PRICES);
  const provider = asked[0]?.spent.provider ?? '';
  return (tokens) => prices(model, provider, tokens)?.usd ?? null;
}
