import {
  type EndOutput,
  type Module1Input,
  printableLines,
  type RunEvents,
  usageText,
} from '@agento/contracts';
import { CommandError, type ExitCode, exitCodes } from './exit-codes.ts';
import { reviewCommand } from './invocation.ts';
import { renderOutcome, type Whereabouts } from './outcome.ts';
import { problemExitCode, renderProblem } from './problem.ts';
import type { Progress } from './progress/view.ts';
import { eventsOfRun } from './run-client.ts';
import { oneLine, type Style, styleOf, type Terminal } from './terminal.ts';

export interface Following extends Whereabouts {
  /** The output, or the problem, as JSON on stdout and everything else on stderr. */
  json: boolean;
  progress: Progress;
  /** Aborted to cancel the run. */
  signal: AbortSignal;
}

/**
 * Sends the goal to module 1, shows the run's progress and then its result. Returns the exit code; throws
 * a CommandError when there is no run to follow, and the signal's reason when it was aborted.
 */
export async function followRun(terminal: Terminal, input: Module1Input, run: Following): Promise<ExitCode> {
  const { stdout, stderr, env } = terminal;
  let waiting: RunEvents['run.waiting_for_review'] | null = null;
  try {
    for await (const event of eventsOfRun(run.url, input, env, run.signal)) {
      run.progress.event(event);
      if (event.name === 'run.waiting_for_review') waiting = event.data;
      if (event.name === 'run.finished') {
        run.progress.end();
        const output = event.data.output as EndOutput;
        const style = styleOf(stdout, env);
        stdout.write(run.json ? asJson(output) : outcome(output, run, style));
        return exitCodes.done;
      }
      if (event.name === 'run.failed') {
        run.progress.end();
        const { problem } = event.data;
        if (run.json) stdout.write(asJson(problem));
        stderr.write(renderProblem(problem, run, styleOf(stderr, env)));
        return problemExitCode(problem);
      }
    }
  } catch (error) {
    run.progress.end();
    throw error;
  }
  if (waiting) {
    run.progress.end();
    stdout.write(run.json ? asJson(waiting) : toReview(waiting, run, styleOf(stdout, env)));
    return exitCodes.done;
  }
  throw new Error('eventsOfRun ended without a last event');
}

/** What came out of the run; throws a CommandError where it is no module's output. */
function outcome(output: EndOutput, run: Following, style: Style): string {
  try {
    return renderOutcome(output, run, style);
  } catch {
    throw new CommandError(
      exitCodes.failed,
      'The run finished, but its output is not that of a module.',
      'Run it again with --json to see it.',
    );
  }
}

/** What a person is to do. */
function toReview(
  { run_id, requests, usage }: RunEvents['run.waiting_for_review'],
  { url }: Following,
  style: Style,
): string {
  const what = requests === 1 ? 'one revision request' : `${requests} revision requests`;
  const lines = [
    '',
    style.bold(`The run waits until a person has decided about ${what}`),
    `${style.dim('Used ')}  ${oneLine(usageText(usage))}`,
    `${style.dim('Run  ')}  ${oneLine(run_id)}`,
    `${style.dim('→')} \`${reviewCommand(url, oneLine(run_id))}\` shows them, and decides`,
  ];
  return `${lines.join('\n')}\n`;
}

/** Also escapes characters that JSON allows and a terminal would obey; the value stays the same. */
function asJson(value: unknown): string {
  return `${printableLines(JSON.stringify(value, null, 2))}\n`;
}
