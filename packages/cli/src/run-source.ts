import { printable } from '@agento/contracts';
import { loadTraces, numbered, type RunReading, readRuns } from '@agento/evidence';
import { CommandError, exitCodes } from './exit-codes.ts';
import { agento } from './invocation.ts';
import type { Terminal } from './terminal.ts';
import { loaded, type SourceOptions } from './trace-source.ts';

export interface RunOptions extends SourceOptions {
  /** Which run, where the source holds several: its id or that of its trace, or how these begin. */
  run?: string;
  /** Which attempt at it; absent: the last. */
  attempt?: number;
}

/** Most runs that a message names. */
const mostNamed = 10;

/** The run that a trace id, run id or file names. Throws a CommandError: 3 not found, 2 not readable or several. */
export async function runFrom(...asked: Parameters<typeof runAmongOthers>): Promise<RunReading> {
  return (await runAmongOthers(...asked)).run;
}

/** The same, with every run that the source holds. */
export async function runAmongOthers(
  terminal: Terminal,
  source: string,
  options: RunOptions,
  hint = 'Name one with --run <id>.',
): Promise<{ run: RunReading; all: RunReading[] }> {
  const traces = await loaded(terminal, source, options, loadTraces);
  const all = traces.flatMap(readRuns).sort((one, other) => other.started_ms - one.started_ms);
  if (all.length === 0) {
    const spans = traces.reduce((sum, trace) => sum + trace.spans.length, 0);
    const [broken] = traces.flatMap(({ encoding_problems }) => encoding_problems);
    const what =
      spans === 0
        ? `holds no spans${broken ? ` (${printable(broken.detail)})` : ''}`
        : `holds ${numbered(spans, 'span')} but none of Agento's modules`;
    throw new CommandError(
      exitCodes.notFound,
      `${printable(source)} ${what}: there is no run to read, \`${agento} trace\` shows what there is`,
    );
  }
  const wanted = (options.run ?? source).toLowerCase();
  const meant = all.filter(({ run_id, trace_id }) =>
    [run_id, trace_id].some((id) => id.toLowerCase().startsWith(wanted)),
  );
  if (options.run !== undefined && meant.length === 0) {
    throw new CommandError(exitCodes.notFound, `No run ${options.run} in ${source}. ${listed(all)}`);
  }
  const runs = meant.length > 0 ? meant : all;
  if (new Set(runs.map(({ run_id }) => run_id)).size > 1) {
    throw new CommandError(exitCodes.usage, `${source} holds several runs. ${listed(runs)}`, hint);
  }
  return { run: attemptOf(runs, options.attempt), all };
}

function attemptOf(runs: RunReading[], wanted: number | undefined): RunReading {
  const known = new Set(runs.map(({ run_attempt }) => run_attempt));
  const numbers = [...known].sort((one, other) => one - other);
  const parts = runs.filter(({ run_attempt }) => run_attempt === (wanted ?? numbers.at(-1)));
  const [found, ...others] = parts.sort((one, other) => other.span_count - one.span_count);
  // A caller that lost the trace context on the way began another trace.
  const elsewhere = others.map(
    ({ trace_id, span_count }) =>
      `${numbered(span_count, 'span')} of this attempt ${span_count === 1 ? 'is' : 'are'} in another trace, ${trace_id}, and not shown here (--run)`,
  );
  if (found) return { ...found, run_attempts: numbers, gaps: [...found.gaps, ...elsewhere] };
  throw new CommandError(
    exitCodes.notFound,
    `The run has no attempt ${wanted}. There are ${numbers.join(', ')}.`,
  );
}

function listed(runs: RunReading[]): string {
  const byId = new Map(runs.map((run) => [run.run_id, run]));
  const lines = [...byId.values()].slice(0, mostNamed).map(({ run_id, started_ms, goal }) => {
    const at = started_ms > 0 ? new Date(started_ms).toISOString().slice(0, 16) : 'at an unknown time';
    return `  ${run_id || '(without an id)'}  ${at}  ${(goal.value ?? '').slice(0, 60)}`;
  });
  const more = byId.size > mostNamed ? [`  and ${byId.size - mostNamed} more`] : [];
  return ['There are', ...lines, ...more].join('\n');
}
