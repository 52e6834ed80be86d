import type { Module1Input } from '@agento/contracts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { type AnyOutput, renderOutcome } from './outcome.ts';
import { problemExitCode, renderProblem } from './problem.ts';
import type { Progress } from './progress/view.ts';
import { runEvents } from './run-client.ts';
import { styleOf, type Terminal } from './terminal.ts';

export interface Following {
  url: string;
  dataDir: string;
  /** The output, or the problem, as JSON on stdout and everything else on stderr. */
  json: boolean;
  progress: Progress;
  /** Aborted to cancel the run. */
  signal: AbortSignal;
}

/**
 * Sends the goal to module 1, shows the run's progress and then what came of it. Gives the exit code; throws
 * a CommandError when there is no run to follow, and the signal's reason when it was aborted.
 */
export async function followRun(terminal: Terminal, input: Module1Input, run: Following): Promise<ExitCode> {
  const { stdout, stderr, env } = terminal;
  try {
    for await (const event of runEvents(run.url, input, run.signal)) {
      run.progress.event(event);
      if (event.name === 'run.finished') {
        run.progress.end();
        const output = event.data.output as AnyOutput;
        const style = styleOf(stdout, env);
        stdout.write(run.json ? asJson(output) : renderOutcome(output, run, style));
        return exitCodes.done;
      }
      if (event.name === 'run.failed') {
        run.progress.end();
        const { problem } = event.data;
        if (run.json) stdout.write(asJson(problem));
        stderr.write(renderProblem(problem, styleOf(stderr, env)));
        return problemExitCode(problem);
      }
    }
  } catch (error) {
    run.progress.end();
    throw error;
  }
  throw new Error('runEvents ended without a last event');
}

function asJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
