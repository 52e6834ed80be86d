import { dataDirectory } from '../environment.ts';
import type { ExitCode } from '../exit-codes.ts';
import { followRun } from '../follow-run.ts';
import { goalInput, type RunOptions } from '../goal-input.ts';
import { createProgress } from '../progress/progress.ts';
import type { Terminal } from '../terminal.ts';

/** `agento goal`: one run on a system that is up. */
export async function goal(
  terminal: Terminal,
  text: string,
  options: RunOptions & { url: string },
): Promise<ExitCode> {
  const dataDir = dataDirectory(terminal.env);
  const input = await goalInput(terminal, text, options);
  const json = options.json === true;
  return followRun(terminal, input, {
    url: options.url,
    dataDir,
    json,
    progress: createProgress(json ? terminal.stderr : terminal.stdout, terminal.env),
    signal: terminal.interrupted,
  });
}
