import { stat } from 'node:fs/promises';
import { printableLines } from '@agento/contracts';
import {
  monthBack,
  pageAsText,
  type RunSummary,
  readingsIn,
  readRuns,
  runsInFile,
  runsInFolder,
  summaryOf,
  tracesInJaeger,
  type Unread,
  unreadLines,
} from '@agento/evidence';
import { dataDirectory } from '../environment.ts';
import { CommandError, type ExitCode, exitCodes } from '../exit-codes.ts';
import { jaegerAt, orNotFound } from '../in-jaeger.ts';
import { agento, startCommand } from '../invocation.ts';
import { paged } from '../pager.ts';
import { duration, styleOf, type Terminal } from '../terminal.ts';
import { unreadable } from '../unreadable.ts';

interface RunsOptions {
  since?: number;
  outcome?: string;
  goal?: string;
  session?: string;
  limit: number;
  json?: boolean;
  jaeger?: string;
}

const usualWidth = 120;

/** `agento runs`: the runs there are, the newest first. */
export async function runs(
  terminal: Terminal,
  source: string | undefined,
  options: RunsOptions,
): Promise<ExitCode> {
  const { stdout, env } = terminal;
  if (options.jaeger !== undefined && source !== undefined) {
    throw new CommandError(exitCodes.usage, `It is either ${source} or --jaeger.`);
  }
  const place = options.jaeger ?? source ?? dataDirectory(env);
  const { found, seen } = await collected(place, options, env);
  found.sort((one, other) => other.started_ms - one.started_ms);
  if (options.json) stdout.write(`${printableLines(JSON.stringify(found, null, 2))}\n`);
  else if (found.length > 0) await paged(terminal, tableOf(found, terminal));
  if (found.length > 0) return exitCodes.done;
  const unread = seen > 0 || options.jaeger !== undefined ? [] : await unreadIn(place);
  if (unread.length > 0) {
    throw new CommandError(
      exitCodes.notFound,
      [`No runs in ${place}.`, ...unreadLines(unread)].join('\n'),
      `\`${agento} trace\` shows any trace, another system’s too.`,
    );
  }
  throw new CommandError(
    exitCodes.notFound,
    seen > 0
      ? `Of ${seen === 1 ? 'one run' : `${seen} runs`} in ${place} none is like that.`
      : `No runs in ${place}.`,
    seen > 0
      ? undefined
      : `\`${startCommand} "<goal>"\` makes one; a file or folder of traces, or --jaeger, can be named.`,
  );
}

/** Why there is no run in a place: each trace in it that holds none. */
async function unreadIn(place: string): Promise<Unread[]> {
  const unread: Unread[] = [];
  for await (const _run of readingsIn(place, 0, (one) => unread.push(one)));
  return unread;
}

async function collected(
  place: string,
  options: RunsOptions,
  env: NodeJS.ProcessEnv,
): Promise<{ found: RunSummary[]; seen: number }> {
  const { since, outcome, goal, session, limit } = options;
  const found: RunSummary[] = [];
  let seen = 0;
  for await (const run of runsIn(place, options, env)) {
    seen += 1;
    const isMeant =
      (since === undefined || run.started_ms >= since) &&
      (outcome === undefined || run.outcome === outcome) &&
      (goal === undefined || run.goal?.toLowerCase().includes(goal.toLowerCase())) &&
      (session === undefined || run.session_id === session);
    if (isMeant) found.push(run);
    if (limit > 0 && found.length === limit) break;
  }
  return { found, seen };
}

async function* runsIn(
  place: string,
  { jaeger, since = 0, limit, outcome, goal, session }: RunsOptions,
  env: NodeJS.ProcessEnv,
): AsyncGenerator<RunSummary> {
  if (jaeger !== undefined) {
    const until = Date.now();
    // One answer is enough for the newest, but not where only some of them are meant.
    const areAllMeant = (outcome ?? goal ?? session) === undefined;
    const search = {
      since: since || until - monthBack,
      until,
      ...(areAllMeant && limit > 0 && { most: limit }),
    };
    for await (const trace of orNotFound(tracesInJaeger(jaegerAt(jaeger, env), search))) {
      yield* readRuns(trace).map(summaryOf);
    }
    return;
  }
  const isFolder = await stat(place).then(
    (found) => found.isDirectory(),
    (error: unknown) => {
      throw unreadable(place, error, `\`${startCommand} "<goal>"\` makes a run, and its folder.`);
    },
  );
  yield* isFolder ? runsInFolder(place, since) : runsInFile(place);
}

/** `842`, `160k`: exact figures are in the JSON. */
function thousands(count: number): string {
  return count < 10_000 ? String(count) : `${Math.round(count / 1000)}k`;
}

function tableOf(found: RunSummary[], { stdout, env }: Terminal): string {
  const rows = found.map((run) => [
    new Date(run.started_ms).toISOString().slice(0, 16).replace('T', ' '),
    run.run_id.slice(0, 8) + (run.run_attempt > 1 ? ` #${run.run_attempt}` : ''),
    run.error ? `${run.outcome}: ${run.error}` : run.outcome,
    run.score === null ? '–' : String(Math.round(run.score * 100) / 100),
    String(run.calls),
    thousands(run.input_tokens + run.output_tokens),
    run.cost_usd === null ? 'unknown' : `$${run.cost_usd.toFixed(4)}`,
    run.wall_ms === null ? 'no trace' : duration(run.wall_ms) + (run.is_complete ? '' : ', gaps'),
    run.goal ?? '(not recorded)',
  ]);
  const head = ['began (UTC)', 'run', 'outcome', 'score', 'calls', 'tokens', 'cost', 'time', 'goal'];
  return pageAsText([{ is: 'table', rows: [head, ...rows], numbers: [3, 4, 5, 6, 7] }], {
    colors: styleOf(stdout, env),
    width: stdout.columns ?? usualWidth,
  });
}
