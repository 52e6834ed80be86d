import { commandVariables, printable, readEnvironment } from '@agento/contracts';
import {
  type Annotations,
  annotatePhoenix,
  annotationsOf,
  costInPhoenix,
  NotFoundError,
  type RunReading,
  scoreInLangfuse,
} from '@agento/evidence';
import { shownUrl } from '../environment.ts';
import { CommandError, type ExitCode, exitCodes } from '../exit-codes.ts';
import { agento } from '../invocation.ts';
import { readingsOf } from '../readings.ts';
import { oneLine, styleOf, type Terminal } from '../terminal.ts';
import type { SourceOptions } from '../trace-source.ts';

interface AnnotateOptions extends SourceOptions {
  phoenix?: string;
  langfuse?: string;
}

/** Where annotations go. */
interface Backend {
  url: string;
  /** Sends those of a run; what people should know besides, in lines. */
  send(run: RunReading, annotations: Annotations): Promise<string[]>;
}

/** Dollars by which two costs may differ before it is said. */
const aCent = 0.01;

/** `agento annotate`: sends verdicts, outcome, score and cost of runs to the backends where their traces are. */
export async function annotate(
  terminal: Terminal,
  sources: string[],
  options: AnnotateOptions,
): Promise<ExitCode> {
  const { stdout, env } = terminal;
  const style = styleOf(stdout, env);
  const backends = backendsOf(options, env);
  let runs = 0;
  for await (const run of readingsOf(terminal, sources, options)) {
    runs += 1;
    const annotations = annotationsOf(run);
    const told: string[] = [];
    for (const backend of backends) told.push(...(await found(() => backend.send(run, annotations))));
    const names = [...new Set(annotations.traces.map(({ name }) => name))].join(', ');
    stdout.write(
      `${style.green('✔')} ${run.run_id}  ${annotations.spans.length} verdicts; ${names}  ${style.dim(oneLine(run.goal.value ?? ''))}\n`,
    );
    for (const line of told) stdout.write(`${style.yellow('!')} ${line}\n`);
  }
  if (runs > 0) {
    for (const { url } of backends)
      stdout.write(`${style.dim('→')} ${await shownUrl(url)} shows them; sent again they change nothing\n`);
    return exitCodes.done;
  }
  throw new CommandError(
    exitCodes.notFound,
    `No runs in ${printable(sources.join(', '))}.`,
    `\`${agento} runs\` lists those there are.`,
  );
}

function backendsOf({ phoenix, langfuse }: AnnotateOptions, env: NodeJS.ProcessEnv): Backend[] {
  const keys = readEnvironment(commandVariables, env);
  const backends: Backend[] = [];
  if (phoenix !== undefined) {
    const there = { url: phoenix, apiKey: keys.PHOENIX_API_KEY };
    backends.push({
      url: phoenix,
      async send(run, annotations) {
        await annotatePhoenix(there, annotations);
        return costLines(run, await costInPhoenix(there, run.trace_id));
      },
    });
  }
  if (langfuse !== undefined) {
    const there = { url: langfuse, publicKey: keys.LANGFUSE_PUBLIC_KEY, secretKey: keys.LANGFUSE_SECRET_KEY };
    backends.push({
      url: langfuse,
      async send({ trace_id }, annotations) {
        await scoreInLangfuse(there, trace_id, annotations);
        return [];
      },
    });
  }
  if (backends.length > 0) return backends;
  throw new CommandError(
    exitCodes.usage,
    'Nobody to send to.',
    'Name an address: --phoenix <url>, --langfuse <url>, or both.',
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
