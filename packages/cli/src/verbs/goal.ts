import { isLoopback } from '@agento/edge';
import { dataDirectory } from '../environment.ts';
import type { ExitCode } from '../exit-codes.ts';
import { expectationOf } from '../expectation.ts';
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
  const output = json ? terminal.stderr : terminal.stdout;
  // Services elsewhere have an environment of their own, with another model perhaps.
  const isHere = isLoopback(new URL(options.url).hostname);
  const expected = isHere ? await expectationOf(input, terminal.env) : null;
  if (expected !== null) output.write(`${expected}\n`);
  return followRun(terminal, input, {
    url: options.url,
    dataDir,
    traced: true,
    json,
    progress: createProgress(output, terminal.env),
    signal: terminal.interrupted,
  });
}
