import { commandVariables, printable, readEnvironment } from '@agento/contracts';
import {
  annotatePhoenix,
  annotationsOf,
  costInPhoenix,
  NotFoundError,
  type RunReading,
} from '@agento/evidence';
import { shownUrl } from '../environment.ts';
import { CommandError, type ExitCode, exitCodes } from '../exit-codes.ts';
import { agento } from '../invocation.ts';
import { readingsOf } from '../readings.ts';
import { oneLine, styleOf, type Terminal } from '../terminal.ts';
import type { SourceOptions } from '../trace-source.ts';

interface AnnotateOptions extends SourceOptions {
  phoenix: string;
}

/** Dollars by which two costs may differ before it is said. */
const aCent = 0.01;

/** `agento annotate`: sends verdicts, outcome, score and cost of runs to Phoenix, where their traces are. */
export async function annotate(
  terminal: Terminal,
  sources: string[],
  options: AnnotateOptions,
): Promise<ExitCode> {
  const { stdout, env } = terminal;
  const style = styleOf(stdout, env);
  const { PHOENIX_API_KEY: apiKey } = readEnvironment(commandVariables, env);
  const phoenix = { url: options.phoenix, apiKey };
  let runs = 0;
  for await (const run of readingsOf(terminal, sources, options)) {
    runs += 1;
    const annotations = annotationsOf(run);
    const theirs = await found(async () => {
      await annotatePhoenix(phoenix, annotations);
      return costInPhoenix(phoenix, run.trace_id);
    });
    const names = [...new Set(annotations.traces.map(({ name }) => name))].join(', ');
    stdout.write(
      `${style.green('✔')} ${run.run_id}  ${annotations.spans.length} verdicts; ${names}  ${style.dim(oneLine(run.goal.value ?? ''))}\n`,
    );
    for (const line of costLines(run, theirs)) stdout.write(`${style.yellow('!')} ${line}\n`);
  }
  if (runs > 0) {
    stdout.write(
      `${style.dim('→')} ${await shownUrl(phoenix.url)} shows them; sent again they change nothing\n`,
    );
    return exitCodes.done;
  }
  throw new CommandError(
    exitCodes.notFound,
    `No runs in ${printable(sources.join(', '))}.`,
    `\`${agento} runs\` lists those there are.`,
  );
}

/** Phoenix counts with prices of its own, at the time a span arrives. */
function costLines({ usage, calls }: RunReading, theirs: number | null): string[] {
  const { cost_usd: ours } = usage.all;
  if (ours === null || Math.abs(ours - (theirs ?? 0)) < aCent) return [];
  const models = [...new Set(calls.map(({ response_model, model }) => response_model ?? model))];
  return [
    `Phoenix's own figure is $${(theirs ?? 0).toFixed(4)}, the spans say $${ours.toFixed(4)}: give Phoenix the prices of ` +
      `${oneLine(models.join(', '))} (Settings, Models) before the next run's spans arrive`,
  ];
}

async function found<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NotFoundError) throw new CommandError(exitCodes.notFound, error.message);
    throw error;
  }
}
